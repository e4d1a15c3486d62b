import { RefusedError } from '@tickwire/protocol'
import type { Found } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { Counters } from '../counters.ts'
import type { DirectMessage, NameHolder, Names, Presence } from '../directory/names.ts'
import type { ServerLimits } from '../limits.ts'
import { TokenBucket } from '../link/rate-limit.ts'
import { normalAlias } from './alias.ts'
import { lobbyMessage } from './lobby.ts'
import type { LobbyClient, LobbyFeature } from './lobby.ts'

export interface PresenceOptions {
  readonly names: Names
  readonly counters: Counters
  readonly clock: Clock
  readonly limits: Pick<ServerLimits, 'maxBlockedUsers' | 'directsHeardPerSecond' | 'rateBurstMs'>
  readonly reportError: (where: string, error: unknown) => void
}

/** Names, statuses and messages from player to player. All of it is the link's: it survives resumes and rooms, and ends with it. */
export class PresenceDesk {
  readonly feature: LobbyFeature
  /** Somebody has another alias, or none any more. */
  onRenamed: (client: LobbyClient) => void = () => undefined
  private readonly options: PresenceOptions
  private readonly people = new Map<LobbyClient, Person>()

  constructor(options: PresenceOptions) {
    this.options = options
    this.feature = {
      handlers: {
        setAlias: (client, { alias }) => this.setAlias(this.person(client), alias),
        setStatus: (client, { status }) => {
          this.person(client).status = status
          return {}
        },
        find: (_client, { alias }) => this.find(alias),
        sendTo: (client, { alias, text }) => this.send(this.people.get(client), alias, text),
        block: (client, { alias, blocked }) => this.block(this.person(client), alias, blocked),
      },
      clientGone: (client) => this.gone(client),
    }
  }

  /** '' without one. */
  aliasOf(client: LobbyClient): string {
    return this.people.get(client)?.alias ?? ''
  }

  private person(client: LobbyClient): Person {
    let person = this.people.get(client)
    if (person === undefined) {
      person = new Person(client, this.options)
      this.people.set(client, person)
    }
    return person
  }

  private setAlias(person: Person, typed: string): Promise<{ alias: string }> {
    const alias = typed === '' ? '' : normalAlias(typed)
    // One after the other: the directory may be far away, and its answers overtake each other.
    return person.inTurn(async () => {
      if (person.isGone) throw new RefusedError('link-gone')
      const { names, counters } = this.options
      if (alias === '') await names.release(person)
      else if (!(await names.claim(alias, person))) {
        counters.add('aliasesRefused')
        throw new RefusedError('alias-taken', `"${alias}" is somebody else's`)
      }
      person.alias = alias
      if (!person.isGone) this.onRenamed(person.client)
      return { alias }
    })
  }

  private async find(typed: string): Promise<Found> {
    const alias = normalAlias(typed)
    const { status, roomId } = await this.known(alias)
    return { alias, status, room: roomId ?? '' }
  }

  private async send(sender: Person | undefined, to: string, text: string): Promise<object> {
    const { counters, names } = this.options
    if (sender === undefined || sender.alias === '') {
      throw new RefusedError('no-alias', 'who sends must have an alias, or nobody could answer')
    }
    counters.add('directs')
    const { alias: from, userId } = sender
    if (!(await names.tell(normalAlias(to), { from, userId, text }))) throw nobody(to)
    return {}
  }

  private async block(person: Person, typed: string, isBlocked: boolean): Promise<object> {
    const { userId } = await this.known(normalAlias(typed))
    if (!isBlocked) {
      person.blocked.delete(userId)
      return {}
    }
    const { maxBlockedUsers: max } = this.options.limits
    if (person.blocked.size >= max && !person.blocked.has(userId)) {
      throw new RefusedError('too-many-blocked', `at most ${max} players may be blocked`)
    }
    person.blocked.add(userId)
    return {}
  }

  private async known(alias: string): Promise<Presence> {
    const presence = await this.options.names.find(alias)
    if (presence === null) throw nobody(alias)
    return presence
  }

  private gone(client: LobbyClient): void {
    const person = this.people.get(client)
    if (person === undefined) return
    this.people.delete(client)
    person.isGone = true
    const { names, reportError } = this.options
    // Behind a claim that is still under way, which nothing can take back.
    person.inTurn(() => names.release(person)).catch((error: unknown) => reportError('directory.names.release', error))
  }
}

class Person implements NameHolder {
  readonly client: LobbyClient
  readonly blocked = new Set<string>()
  alias = ''
  status = ''
  isGone = false
  private readonly options: PresenceOptions
  private readonly ear: TokenBucket
  private last: Promise<unknown> = Promise.resolve()

  constructor(client: LobbyClient, options: PresenceOptions) {
    const { directsHeardPerSecond: perSecond, rateBurstMs: burstMs } = options.limits
    this.client = client
    this.options = options
    this.ear = new TokenBucket({ perSecond, burstMs }, options.clock.nowMs())
  }

  get userId(): string {
    return this.client.user.id
  }

  presence(): Omit<Presence, 'userId'> {
    const room = this.client.seated?.room
    // The id of a room opens it: one that nobody can find is not told to whoever asks.
    return { status: this.status, roomId: room?.terms.isListed === true ? room.id : null }
  }

  deliver({ userId, from, text }: DirectMessage): void {
    if (this.isGone) return
    // Who sent it is not told: a block that can be seen is a reason for the next name.
    const { counters, clock } = this.options
    if (this.blocked.has(userId)) counters.add('directsBlocked')
    // What waits for a client that is away must not end its link, or strangers could.
    else if (!this.ear.take(1, clock.nowMs())) counters.add('directsDropped')
    else this.client.tell(lobbyMessage('direct', { from, text }))
  }

  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const done = this.last.then(call)
    this.last = done.catch(() => undefined)
    return done
  }
}

const nobody = (alias: string): RefusedError => new RefusedError('not-found', `nobody here is called "${alias}"`)
