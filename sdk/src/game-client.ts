import { ConfigError } from '@tickwire/protocol'
import { NO_WISH } from '@tickwire/protocol/internal'
import type { GameCodec, SeatOffer } from '@tickwire/protocol/internal'
import type { Game, GameSchema, GameTypes } from '@tickwire/protocol'
import type {
  Client,
  ClientOptions,
  CreateOptions,
  EnterOptions,
  JoinOptions,
  Ticket,
  TokenStorage,
} from './client-api.ts'
import { socketUrl } from './connection/url.ts'
import { StateError } from './errors.ts'
import { Emitter } from './events.ts'
import { impairConnect } from './impair/impair-connect.ts'
import type { ImpairedConnect } from './impair/impair-connect.ts'
import type { Impairment } from './impair/impairment.ts'
import { Link } from './link/link.ts'
import type { JoinAsk, LinkParts } from './link/link.ts'
import { measureRoundTrip } from './link/measure.ts'
import { codecFor } from './link/codec.ts'
import type { Joined, OpenRoom, RoomLink, RoomReceiver } from './link/ports.ts'
import { ResumeStore } from './link/resume.ts'
import type { TabLocks } from './link/tab-locks.ts'
import type { LobbyChannel } from './lobby/lobby-channel.ts'
import { PeopleDoor } from './lobby/people-door.ts'
import { makeObservable, Observed } from './observer.ts'
import { checkRoomName } from './options.ts'
import type { Report } from './report.ts'
import type { ConnectionState, JoinedRoom, Unsubscribe, WatchedRoom } from './room-api.ts'
import { wishOf } from './wish.ts'
import type { Said } from './wish.ts'

/** Makes the client's side of a seat. */
export type OpenGameRoom = <G extends GameTypes>(
  game: Game<G>,
  joined: Joined,
  link: RoomLink,
  report: Report,
  observed: Observed,
) => RoomReceiver & { readonly room: JoinedRoom<G> & WatchedRoom<G> }

/** Everything that a client needs of the outside; tests hand in their own. */
export interface ClientParts extends Omit<LinkParts, 'store' | 'observed'> {
  readonly storage: TokenStorage | null
  /** How pages see what others hold; absent or null: they cannot. */
  readonly locks?: TabLocks | null
  readonly openRoom: OpenGameRoom
}

/**
 * A client from given parts: for tests, and for transports of one's own.
 * @throws ConfigError for an address that cannot work
 */
export function createClientWith(
  url: string,
  { ticket = '', impair = {} }: Pick<ClientOptions, 'ticket' | 'impair'>,
  parts: ClientParts,
): Client {
  const network = impairConnect(parts.connect, {}, parts.clock, parts.random)
  const client = new GameClient(url, ticket, network, { ...parts, connect: network })
  client.impair(impair)
  return client
}

/** A server that sends its clients round in circles is told so. */
const MAX_REDIRECTS = 5

class GameClient extends PeopleDoor implements Client {
  private readonly url: string
  private readonly ticket: Ticket
  private readonly network: ImpairedConnect
  private readonly parts: ClientParts
  private readonly states: Emitter<ConnectionState>
  private readonly codecs = new WeakMap<object, Promise<GameCodec>>()
  private readonly store: ResumeStore
  private readonly observed: Observed
  private link: Link | null = null
  private shown: ConnectionState = { phase: 'connecting' }

  constructor(url: string, ticket: Ticket, network: ImpairedConnect, parts: ClientParts) {
    super(parts.report)
    this.url = socketUrl(url, parts.pageUrl)
    this.ticket = ticket
    this.network = network
    this.parts = parts
    const { page, locks = null } = parts
    this.store = new ResumeStore(parts.storage, this.url, page === null ? null : { page, locks })
    this.observed = makeObservable(this, parts.clock)
    this.states = new Emitter((error) => parts.report('onConnection: the listener threw', error))
  }

  get connection(): ConnectionState {
    return this.shown
  }

  onConnection(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.states.on(listener)
  }

  joinOrCreate<G extends GameTypes>(game: Game<G>, join: G['join'], options?: JoinOptions<G>): Promise<JoinedRoom<G>> {
    return this.join(game, join, { verb: 'joinOrCreate', room: keyOf(options) }, options)
  }

  create<G extends GameTypes>(game: Game<G>, join: G['join'], options?: CreateOptions<G>): Promise<JoinedRoom<G>> {
    return this.join(game, join, { verb: 'create', room: keyOf(options) }, options)
  }

  joinById<G extends GameTypes>(
    game: Game<G>,
    roomId: string,
    join: G['join'],
    options?: EnterOptions,
  ): Promise<JoinedRoom<G>> {
    checkRoomName('roomId', roomId)
    return this.join(game, join, { verb: 'joinById', room: roomId }, options)
  }

  joinByCode<G extends GameTypes>(
    game: Game<G>,
    code: string,
    join: G['join'],
    options?: EnterOptions,
  ): Promise<JoinedRoom<G>> {
    checkRoomName('code', code)
    return this.join(game, join, { verb: 'joinByCode', room: code }, options)
  }

  async spectate<G extends GameTypes>(
    game: Game<G>,
    roomId: string,
    options: EnterOptions = {},
  ): Promise<WatchedRoom<G>> {
    checkRoomName('roomId', roomId)
    const codec = await this.codecOf(game)
    const named = { verb: 'spectate', room: roomId } as const
    return this.enter(game, codec, { ...named, wish: wishOf(codec, options), join: NO_BYTES })
  }

  resume<G extends GameTypes>(game: Game<G>): Promise<JoinedRoom<G> | null> {
    return this.takeBack(game, false)
  }

  resumeSpectating<G extends GameTypes>(game: Game<G>): Promise<WatchedRoom<G> | null> {
    return this.takeBack(game, true)
  }

  private async takeBack<G extends GameTypes>(
    game: Game<G>,
    isSpectator: boolean,
  ): Promise<(JoinedRoom<G> & WatchedRoom<G>) | null> {
    const codec = await this.codecOf(game)
    const stored = await this.store.claim()
    if (stored === null || stored.game !== game.schema.name || stored.isSpectator !== isSpectator) return null
    if (this.openLink !== null) throw new StateError('already-connected', ALREADY_CONNECTED)
    const outcome = await this.linkTo(stored.url).resume(stored, codec, this.opener(game))
    return outcome.type === 'seated' ? outcome.receiver.room : null
  }

  impair(impairment: Impairment): void {
    this.network.set(impairment)
    this.observed.impairment = impairment
  }

  cut(): void {
    this.network.cut()
  }

  close(): Promise<void> {
    this.closed()
    this.link?.close()
    return Promise.resolve()
  }

  override channel(): LobbyChannel {
    return this.linkTo(this.openLink?.url ?? this.url).lobby
  }

  override async takeSeat<G extends GameTypes>(
    game: Game<G>,
    join: G['join'],
    seat: SeatOffer,
  ): Promise<JoinedRoom<G>> {
    const codec = await this.codecOf(game)
    const fields = codec.encodePayload(game.schema.join, join, 'join')
    const ask = { verb: 'joinOrCreate', room: '', wish: NO_WISH, join: fields } as const
    return this.enter(game, codec, ask, seat)
  }

  override measure(url: string): Promise<number | null> {
    const { ticket, parts, store } = this
    // Links to other servers are no business of whoever looks at this one.
    const observed = new Observed(parts.clock)
    return measureRoundTrip({ url: this.addressOf(url), ticket }, { ...parts, store, observed })
  }

  private async join<G extends GameTypes>(
    game: Game<G>,
    join: G['join'],
    named: Pick<JoinAsk, 'verb' | 'room'>,
    options: Said = {},
  ): Promise<JoinedRoom<G>> {
    const codec = await this.codecOf(game)
    const fields = codec.encodePayload(game.schema.join, join, 'join')
    return this.enter(game, codec, { ...named, wish: wishOf(codec, options), join: fields })
  }

  private async enter<G extends GameTypes>(
    game: Game<G>,
    codec: GameCodec,
    ask: Omit<JoinAsk, 'reservation'>,
    seat: Pick<SeatOffer, 'url' | 'reservation'> = { url: '', reservation: '' },
  ): Promise<JoinedRoom<G> & WatchedRoom<G>> {
    let { reservation } = seat
    let url = seat.url === '' ? (this.openLink?.url ?? this.url) : this.addressOf(seat.url)
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const outcome = await this.linkTo(url).join({ ...ask, reservation }, codec, this.opener(game))
      if (outcome.type === 'seated') return outcome.receiver.room
      if (outcome.type === 'redirect') [url, reservation] = [this.addressOf(outcome.url), outcome.reservation]
    }
    throw new StateError(
      'too-many-redirects',
      `the server redirected more than ${MAX_REDIRECTS} times, at last to ${url}`,
    )
  }

  /** The link to this address; one to another address is closed, for a client has one seat and one link. */
  private linkTo(url: string): Link {
    const old = this.openLink
    if (old?.url === url) return old
    const { store, observed } = this
    const link = new Link({ url, ticket: this.ticket }, { ...this.parts, store, observed })
    this.link = link
    old?.close()
    this.follow(link)
    this.attachLobby(link.lobby)
    return link
  }

  private get openLink(): Link | null {
    return this.link?.isClosed === false ? this.link : null
  }

  private addressOf(url: string): string {
    return socketUrl(url, this.parts.pageUrl)
  }

  private follow(link: Link): void {
    this.show(link.connection)
    link.onConnection((state) => {
      // The end of a link that was left behind by a redirect is no news.
      if (this.link !== link) return
      if (state.phase === 'closed') this.peopleLost()
      this.show(state)
    })
  }

  private show(state: ConnectionState): void {
    this.shown = state
    this.states.emit(state)
  }

  private opener<G extends GameTypes>(
    game: Game<G>,
  ): OpenRoom<RoomReceiver & { readonly room: JoinedRoom<G> & WatchedRoom<G> }> {
    return (joined, link) => this.parts.openRoom(game, joined, link, this.parts.report, this.observed)
  }

  override codecOf(game: { readonly schema: GameSchema }): Promise<GameCodec> {
    if (game?.schema === undefined) throw new ConfigError('game', 'what defineSimulation returned', game)
    const known = this.codecs.get(game.schema)
    if (known !== undefined) return known
    const made = codecFor(game.schema)
    this.codecs.set(game.schema, made)
    return made
  }
}

const ALREADY_CONNECTED = 'resume is for the start of a page; this client is connected already'

const NO_BYTES = new Uint8Array(0)

function keyOf({ key }: { readonly key?: string } = {}): string {
  if (key === undefined) return ''
  checkRoomName('key', key)
  return key
}
