import type { Game, GameSchema, GameTypes } from '@tickwire/protocol'
import type { GameCodec, SeatOffer } from '@tickwire/protocol/internal'
import { closeNamed } from '../connection/close-info.ts'
import { ConnectionClosedError } from '../errors.ts'
import { Emitter } from '../events.ts'
import type { Report } from '../report.ts'
import type { JoinedRoom, Unsubscribe } from '../room-api.ts'
import type { Lobby } from './lobby-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import { lobbyPart } from './lobby-part.ts'
import type { Outside } from './outside.ts'
import type { DirectMessage, FoundPlayer, MatchTicket, Party, People } from './people-api.ts'
import type { PeopleClient } from './people-client.ts'
import type { PeopleHost } from './people-host.ts'

/** The way to what is outside of rooms, which is fetched when the game first asks or the server first tells. */
export abstract class PeopleDoor implements People, PeopleHost {
  readonly report: Report
  readonly directs: Emitter<DirectMessage>
  private outside: Outside | null = null
  private attached: LobbyChannel | null = null
  /** Counts `close`: what was asked before is not to open a link after it. */
  private closes = 0

  constructor(report: Report) {
    this.report = report
    this.directs = new Emitter((error) => report('onDirect: the listener threw', error))
  }

  abstract channel(): LobbyChannel
  abstract codecOf(game: { readonly schema: GameSchema }): Promise<GameCodec>
  abstract measure(url: string): Promise<number | null>
  abstract takeSeat<G extends GameTypes>(game: Game<G>, join: G['join'], seat: SeatOffer): Promise<JoinedRoom<G>>

  /** The client is on another link, which knows nothing of the one before. */
  protected attachLobby(channel: LobbyChannel): void {
    this.attached = channel
    channel.onWanted = async () => {
      await this.fetched()
      return lobbyPart.now!.lobbyCodec
    }
    this.outside?.attach(channel)
  }

  /** The link is over, and all that belonged to it. */
  protected peopleLost(): void {
    this.outside?.people.lost()
  }

  protected closed(): void {
    this.closes++
    this.outside?.lists.closed()
  }

  lobby<G extends GameTypes>(game: Game<G>): Lobby<G> {
    return {
      list: async (query, options) => (await this.fetched()).lobby(game).list(query, options),
      watch: async (query, listeners) => (await this.fetched()).lobby(game).watch(query, listeners),
    }
  }

  get party(): Party | null {
    return this.outside?.people.party ?? null
  }
  get alias(): string | null {
    return this.outside?.people.alias ?? null
  }

  onDirect(listener: (message: DirectMessage) => void): Unsubscribe {
    return this.directs.on(listener)
  }
  createParty(options?: { readonly maxMembers?: number }): Promise<Party> {
    return this.ask((people) => people.createParty(options))
  }
  joinParty(code: string): Promise<Party> {
    return this.ask((people) => people.joinParty(code))
  }
  queue<G extends GameTypes, Q extends keyof G['queues'] & string>(
    game: Game<G>,
    queue: Q,
    attributes: G['queues'][Q],
  ): Promise<MatchTicket<G>> {
    return this.ask((people) => people.queue(game, queue, attributes))
  }
  setLatencies(roundTripsMs: Readonly<Record<string, number>>): Promise<void> {
    return this.ask((people) => people.setLatencies(roundTripsMs))
  }
  measureLatencies(urls: Readonly<Record<string, string>>): Promise<Record<string, number>> {
    return this.ask((people) => people.measureLatencies(urls))
  }
  setAlias(alias: string): Promise<string> {
    return this.ask((people) => people.setAlias(alias))
  }
  setStatus(status: string): Promise<void> {
    return this.ask((people) => people.setStatus(status))
  }
  find(alias: string): Promise<FoundPlayer> {
    return this.ask((people) => people.find(alias))
  }
  sendTo(alias: string, text: string): Promise<void> {
    return this.ask((people) => people.sendTo(alias, text))
  }
  block(alias: string, blocked?: boolean): Promise<void> {
    return this.ask((people) => people.block(alias, blocked))
  }

  private async ask<T>(use: (people: PeopleClient) => Promise<T>): Promise<T> {
    return use((await this.fetched()).people)
  }

  private async fetched(): Promise<Outside> {
    if (this.outside !== null) return this.outside
    const { closes } = this
    const part = lobbyPart.now ?? (await lobbyPart.load())
    if (this.closes !== closes) throw new ConnectionClosedError(closeNamed('left'))
    // Two may have waited for it.
    if (this.outside === null) {
      this.outside = new part.Outside(this)
      if (this.attached !== null) this.outside.attach(this.attached)
    }
    return this.outside
  }
}
