import { DecodeError, LIMITS, RefusedError } from '@tickwire/protocol'
import { describeSection, differingSection } from '@tickwire/protocol/internal'
import type { ClientItem, SectionName } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { Counters } from '../counters.ts'
import type { Directory, ReserveAnswer } from '../directory/directory.ts'
import type { Guesses } from '../lobby/guesses.ts'
import type { PasswordHash, Passwords } from '../lobby/passwords.ts'
import type { RoomPlans } from '../lobby/room-plans.ts'
import type { RoomPort, SeatGrant } from '../room/ports.ts'
import type { HostedType, RoomRegistry } from '../room/registry.ts'
import { clipText } from '../text.ts'
import { TimeoutError, withTimeout } from '../timeout.ts'
import type { Admission } from './admission.ts'
import type { Gate } from './gate.ts'
import type { User } from './handshake.ts'
import type { SeatPort } from './seat-port.ts'
import { criteriaOf, keyOf, mayCreate, newRoomOf, NO_SEAT_TEXT } from './seat-wish.ts'

export type JoinItem = Extract<ClientItem, { type: 'join' }>

/** Why a join is refused; `section` and `description` only when schemas differ. */
export interface JoinRefusal {
  readonly code: string
  readonly text: string
  readonly section: string
  readonly description: string
}

/** The link's side of a join: exactly one of these ends it. */
export interface JoiningLink {
  readonly user: User
  readonly ip: string
  /** False: the link does not want the seat any more, and nothing was told to its client. */
  granted(port: SeatPort, room: RoomPort, grant: SeatGrant): boolean
  seatGone(port: SeatPort, reason: string): void
  refused(port: SeatPort, refusal: JoinRefusal): void
  redirected(port: SeatPort, url: string, reservation: string): void
  /** The join's bytes were not what they should be. */
  broken(port: SeatPort, error: DecodeError): void
}

export interface JoinDeskOptions {
  readonly registry: RoomRegistry
  readonly directory: Directory
  readonly clock: Clock
  readonly counters: Counters
  readonly gate: Gate
  readonly admission: Admission
  readonly passwords: Passwords
  readonly guesses: Guesses
  readonly plans: RoomPlans
  readonly joinTimeoutMs: number
  /** Errors that are nobody's refusal: bugs and failures of the directory. */
  readonly reportError: (where: string, error: unknown) => void
}

/** A join on its way. */
interface Job {
  readonly link: JoiningLink
  readonly port: SeatPort
  readonly item: JoinItem
  readonly hosted: HostedType
  /** Where `onJoin` runs now. */
  room: RoomPort | null
  isOver: boolean
}

/** Between the answer of the directory and the room's own, another may have taken the seat or ended the room. */
const ATTEMPTS = 3
const RETRYABLE: readonly string[] = ['room-full', 'room-locked', 'room-gone', 'banned']

/** Brings links into rooms: checks, reserves a seat, runs the room's join, answers. */
export class JoinDesk {
  private readonly options: JoinDeskOptions
  constructor(options: JoinDeskOptions) {
    this.options = options
  }

  /** Starts a join. Returns how to abandon it: its link left or is gone. */
  start(link: JoiningLink, port: SeatPort, item: JoinItem): () => void {
    const hosted = this.options.registry.typeOf(item.game, item.wish.type)
    const refused = hosted === null ? this.unknownGame(item) : this.refuseAtOnce(link.user, hosted, item)
    if (hosted === null || refused !== null) {
      if (refused !== null) this.refuse(link, port, refused)
      return () => {}
    }
    const job: Job = { link, port, item, hosted, room: null, isOver: false }
    void this.run(job)
    return () => this.abandon(job)
  }

  private unknownGame({ game, wish }: JoinItem): JoinRefusal {
    const { registry } = this.options
    const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
    const types = registry.typeNames(game)
    if (types.length > 0) {
      return refusal('unknown-type', `game "${game}" has no room type "${wish.type}"; it has ${quoted(types)}`)
    }
    const known = quoted(registry.games)
    return refusal('unknown-game', `no game "${game}" on this server; it has ${known}`)
  }

  /** Null: the join has entered the gate, which it must leave again. */
  private refuseAtOnce(user: User, hosted: HostedType, item: JoinItem): JoinRefusal | null {
    const { gate } = this.options
    // Before the schema: a page of the next version is not wrong, only early.
    if (gate.isShut) return refusal('server-draining', 'this server is about to stop; connect again in a moment')
    const outside = outsideOfTicket(user, item)
    if (outside !== null) return outside
    const section = differingSection(hosted.hashes, item.hashes)
    if (section !== null) return schemaMismatch(hosted, section)
    return gate.tryEnter() ? null : refusal('server-busy', 'too many joins at once; try again')
  }

  private async run(job: Job): Promise<void> {
    const { clock, gate, joinTimeoutMs } = this.options
    try {
      await withTimeout(clock, this.begin(job), joinTimeoutMs, 'the join')
    } catch (error) {
      this.fail(job, error)
    } finally {
      gate.leave()
      job.isOver = true
    }
  }

  private async begin(job: Job): Promise<void> {
    const { admission, guesses, passwords, clock } = this.options
    const { item, link } = job
    await admission.turn()
    if (job.isOver) throw abandoned()
    const { password } = item.wish
    if (password !== '' || item.verb === 'joinByCode') guesses.take(link, link.ip, clock.nowMs())
    // Before a room is planned: whoever finds the plan first makes the room, and it must not be open by then.
    const hash = mayCreate(item) ? await passwords.hash(password) : null
    await this.attempt(job, hash, ATTEMPTS, [])
  }

  private async attempt(
    job: Job,
    password: PasswordHash | null,
    attempts: number,
    except: readonly string[],
  ): Promise<void> {
    const { link, port, item, hosted } = job
    const criteria = criteriaOf(item, hosted, except)
    const party = { userIds: item.verb === 'spectate' ? [] : [link.user.id] }
    const { directory, registry } = this.options
    const { isFull } = registry
    const answer = await directory.reserve(criteria, party, isFull ? null : newRoomOf(item, hosted))
    if (answer.kind === 'none') {
      const isForRoom = isFull && answer.reason === 'room-not-found' && mayCreate(item)
      const code = isForRoom ? 'server-full' : answer.reason
      throw new RefusedError(code, NO_SEAT_TEXT[code])
    }
    if (answer.kind === 'redirect') {
      if (job.isOver) this.release(answer.reservation)
      else link.redirected(port, answer.url, answer.reservation)
      return
    }
    const isToRetry = await this.enter(job, answer, password, attempts > 1 && criteria.by === 'any')
    if (isToRetry) await this.attempt(job, password, attempts - 1, [...except, answer.roomId])
  }

  /** Joins the reserved room. True: it did not work, but another room may do. */
  private async enter(
    job: Job,
    answer: LocalAnswer,
    password: PasswordHash | null,
    mayRetry: boolean,
  ): Promise<boolean> {
    const { registry } = this.options
    try {
      if (job.isOver) throw abandoned()
      const room = await this.openRoom(job, answer, password)
      if (job.isOver) throw abandoned()
      job.room = room
      const { link, port, item } = job
      const isSpectator = item.verb === 'spectate'
      const ask = { link: port, key: keyOf(item), isSpectator, join: item.join }
      const grant = await registry.join(room, ask, (reason) => link.seatGone(port, reason))
      this.grant(job, room, grant, answer.reservation)
      return false
    } catch (error) {
      this.release(answer.reservation)
      registry.report(answer.roomId)
      if (mayRetry && !job.isOver && error instanceof RefusedError && RETRYABLE.includes(error.code)) return true
      throw error
    }
  }

  /** The room, made now if it was only planned, and open to who made it or knows its password. */
  private async openRoom({ hosted, item }: Job, answer: LocalAnswer, password: PasswordHash | null): Promise<RoomPort> {
    const { roomId, key, isNew, invite, isListed } = answer
    const { registry, directory, plans, reportError } = this.options
    const room = registry.get(roomId)
    if (room !== null) {
      await this.checkPassword(room, item.wish.password)
      return room
    }
    if (isNew) {
      const { type, typeName } = registry.typeOf(hosted.name, answer.type) ?? hosted
      const { options, owner } = plans.get(roomId) ?? { options: item.wish.options, owner: null }
      return registry.open(type, roomId, key, {
        type: typeName,
        invite,
        isListed,
        password,
        options,
        owner,
      })
    }
    // The directory believes in a room that is gone: a message of its end was lost, or is on its way.
    directory.unregister(roomId).catch((error: unknown) => reportError('directory.unregister', error))
    throw new RefusedError('room-gone', `room ${roomId} has ended`)
  }

  private async checkPassword(room: RoomPort, password: string): Promise<void> {
    const { password: hash } = room.terms
    if (hash === null) return
    if (password === '') throw new RefusedError('password-required', 'this room has a password')
    if (await this.options.passwords.opens(password, hash)) return
    throw new RefusedError('wrong-password', 'this is not the password of the room')
  }

  private grant(job: Job, room: RoomPort, grant: SeatGrant, reservation: string): void {
    const { registry, counters } = this.options
    if (job.isOver || !job.link.granted(job.port, room, grant)) {
      // The client gave up or timed out while the room was busy: nobody sits there.
      room.leave(grant.seat, 'left')
      registry.vacate(room, grant.seat)
      this.release(reservation)
      return
    }
    counters.add('joins')
    registry.confirm(room.id, job.port, reservation)
  }

  private fail(job: Job, error: unknown): void {
    const wasOver = job.isOver
    this.abandon(job)
    if (wasOver) return
    if (error instanceof DecodeError) {
      job.link.broken(job.port, error)
    } else if (error instanceof RefusedError) {
      this.refuse(job.link, job.port, refusal(error.code, error.message))
    } else if (error instanceof TimeoutError) {
      this.options.counters.add('joinTimeouts')
      this.refuse(job.link, job.port, refusal('join-timeout', error.message))
    } else {
      this.options.reportError(`join of "${job.item.game}"`, error)
      // Without its text: that is for the log, not for players.
      this.refuse(job.link, job.port, refusal('server-error', 'the server failed to join the room; its log says why'))
    }
  }

  private abandon(job: Job): void {
    if (job.isOver) return
    job.isOver = true
    if (job.room !== null) this.options.registry.cancelJoin(job.room, job.port)
  }

  private refuse(link: JoiningLink, port: SeatPort, refused: JoinRefusal): void {
    const { counters } = this.options
    counters.add('joinsRefused')
    if (refused.code === 'server-full') counters.add('roomsRefused')
    if (refused.code === 'server-busy') counters.add('serverBusy')
    link.refused(port, refused)
  }

  private release(reservation: string): void {
    const { directory, reportError } = this.options
    directory.release(reservation).catch((error: unknown) => reportError('directory.release', error))
  }
}

const abandoned = (): RefusedError => new RefusedError('join-abandoned')

type LocalAnswer = Extract<ReserveAnswer, { kind: 'local' }>

/** A user who was let in for one game or room asks for another. */
function outsideOfTicket(user: User, { game, room }: JoinItem): JoinRefusal | null {
  if (user.game !== undefined && user.game !== game) return refusal('wrong-game', 'the ticket is for another game')
  if (user.room === undefined || user.room === room) return null
  return refusal('wrong-room', 'the ticket is for another room; join it by its id or key')
}

function refusal(code: string, text: string): JoinRefusal {
  return { code, text: clipText(text, LIMITS.maxTextBytes), section: '', description: '' }
}

/** Descriptions travel up to this size; a client names the differing field among what it gets. */
const MAX_DESCRIPTION_BYTES = 60_000

function schemaMismatch({ type, name }: HostedType, section: SectionName): JoinRefusal {
  const description = describeSection(type.game.schema, section).join('\n')
  const text = `section "${section}" of game "${name}" differs between the page and the server; reload the page`
  return { code: 'schema-mismatch', text, section, description: clipText(description, MAX_DESCRIPTION_BYTES) }
}
