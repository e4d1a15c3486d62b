import { ConfigError, TickwireError } from '@tickwire/protocol'
import type { EmitOptions } from '@tickwire/protocol'
import type { Entity } from '../replication/entity-list.ts'
import { PastView } from '../rewind/rewind.ts'
import { sightOf } from '../rewind/sight.ts'
import { sectionView } from '../lobby/section-view.ts'
import { MessageEncoder } from './message-encoder.ts'
import { MIN_BYTES_PER_SECOND } from './ports.ts'
import type { PlayerViewArea, RoomTimer, RequestOptions, SendOptions } from './room-api.ts'
import type { AnyPlayer, AnyRoom, RoomCore } from './room-core.ts'
import type { Seat } from './seat.ts'

/** What game code may do to the room besides reading it. */
export interface RoomActions {
  dispose(): void
  /** Takes a seat away; the client is told the reason. */
  kick(seat: Seat, reason: string): void
  /** The same, and its user may not come back. */
  ban(seat: Seat): void
  /** Makes a seat the room's owner, or nobody. */
  own(seat: number | null): void
  /** Seats a player that `think` plays. */
  addBot(join: object, think: (player: AnyPlayer) => object): AnyPlayer
}

/** Makes the `room` of the handlers. Apart from the machine, so that game code finds only what `room-api.ts` promises. */
export function createGameRoom(core: RoomCore, actions: RoomActions): AnyRoom {
  return new GameRoom(core, actions) as unknown as AnyRoom
}

/** Makes the `player` of the handlers. */
export function createGamePlayer(
  core: RoomCore,
  actions: RoomActions,
  seat: Seat,
  userId: string,
  join: object,
): AnyPlayer {
  return new GamePlayer(core, actions, seat, userId, join) as unknown as AnyPlayer
}

class GameRoom {
  readonly id: string
  readonly key: string | null
  readonly options: object
  readonly metadata: object
  readonly #core: RoomCore
  readonly #actions: RoomActions
  readonly #encoder: MessageEncoder

  constructor(core: RoomCore, actions: RoomActions) {
    this.id = core.plan.id
    this.key = core.plan.key
    this.options = core.card.options
    this.metadata = core.card.metadata
    this.#core = core
    this.#actions = actions
    this.#encoder = new MessageEncoder(core.codec)
  }

  get tick(): number {
    return this.#core.world.tick
  }

  get state(): object {
    return this.#core.world.state
  }

  get data(): unknown {
    return this.#core.data
  }

  get world(): object {
    return this.#core.world
  }

  get players(): ReadonlyMap<number, AnyPlayer> {
    return this.#core.players
  }

  broadcast(message: string, payload: object, options: SendOptions = {}): void {
    const encoded = this.#encoder.encode(message, payload)
    for (const seat of this.#core.seats) {
      if (seat.phase !== 'joining') seat.tell(encoded, options.delivery ?? 'reliable')
    }
  }

  emit(event: string, payload: object, options?: EmitOptions): void {
    this.#core.world.emit(event, payload, options)
  }

  after(seconds: number, fn: () => void): RoomTimer {
    return this.#core.timers.after(this.#core.world.tick, seconds, fn)
  }

  random(): number {
    return this.#core.random.next()
  }

  rewind<T>(player: AnyPlayer, fn: (past: PastView) => T): T {
    const seat = this.#core.seats.at(player.id)
    if (seat?.player !== player) throw new ConfigError('room.rewind', 'a player of this room', `seat ${player.id}`)
    const { world, history, tape } = this.#core
    const live = sightOf(world, seat)
    return fn(new PastView(world, history, seat.id, tape === null ? live : tape.sight(live)))
  }

  addBot(join: object, think: (player: AnyPlayer) => object): AnyPlayer {
    return this.#actions.addBot(join, think)
  }

  lock(locked: boolean = true): void {
    this.#core.card.isLocked = locked
  }

  get isLocked(): boolean {
    return this.#core.card.isLocked
  }

  get invite(): string {
    return this.#core.card.terms.invite
  }

  get owner(): AnyPlayer | null {
    const { card, players } = this.#core
    return card.owner === null ? null : (players.get(card.owner) ?? null)
  }

  setMetadata(patch: object): void {
    this.#core.card.setMetadata(patch)
  }

  transfer(player: AnyPlayer | null): void {
    this.#actions.own(player === null ? null : player.id)
  }

  dispose(): void {
    this.#actions.dispose()
  }
}

class GamePlayer {
  readonly id: number
  readonly userId: string
  readonly join: object
  readonly #core: RoomCore
  readonly #actions: RoomActions
  readonly #seat: Seat
  readonly #profile: object
  readonly #encoder: MessageEncoder

  constructor(core: RoomCore, actions: RoomActions, seat: Seat, userId: string, join: object) {
    this.id = seat.id
    this.userId = userId
    this.join = join
    this.#core = core
    this.#actions = actions
    this.#seat = seat
    this.#profile = sectionView(seat.fields, 'profile', Object.keys(core.codec.schema.profile))
    this.#encoder = new MessageEncoder(core.codec)
  }

  get state(): object {
    return this.#seat.fields
  }

  get connected(): boolean {
    return this.#seat.isOnline
  }

  get isBot(): boolean {
    return this.#seat.think !== null
  }

  get view(): PlayerViewArea | null {
    return this.#seat.view
  }

  set view(area: PlayerViewArea | null) {
    this.#seat.view = area === null ? null : checkedArea(area)
  }

  get team(): number {
    return this.#seat.team
  }

  set team(mask: number) {
    if ((mask & MAX_TEAMS) !== mask) throw new ConfigError('player.team', 'a bit mask of 31 bits', mask)
    this.#seat.team = mask
  }

  get bytesPerSecond(): number | null {
    return this.#seat.bytesPerSecond
  }

  set bytesPerSecond(rate: number | null) {
    if (rate !== null && !(rate >= MIN_BYTES_PER_SECOND)) {
      throw new ConfigError('player.bytesPerSecond', `null or a number from ${MIN_BYTES_PER_SECOND} on`, rate)
    }
    this.#seat.bytesPerSecond = rate
  }

  *owned(kind: string): Iterable<Entity> {
    for (const entity of this.#core.world.all(kind)) if (entity.owner === this.id) yield entity
  }

  send(message: string, payload: object, options: SendOptions = {}): void {
    this.#seat.tell(this.#encoder.encode(message, payload), options.delivery ?? 'reliable')
  }

  get profile(): object {
    return this.#profile
  }

  ban(): void {
    this.#actions.ban(this.#seat)
  }

  request(request: string, ask: object, options?: RequestOptions): Promise<object> {
    const { codec, clock } = this.#core
    const fields = codec.schema.requests[request]
    if (fields?.to !== 'client') {
      const names = codec.requestNames.filter((name) => codec.schema.requests[name]?.to === 'client')
      throw new ConfigError('player.request', `a request to clients: ${names.join(', ') || 'there is none'}`, request)
    }
    const seat = this.#seat
    if (seat.phase === 'gone' || seat.think !== null) {
      return Promise.reject(new TickwireError('seat-over', 'there is no client to ask'))
    }
    const asked = {
      request: codec.requestNames.indexOf(request),
      name: request,
      payload: codec.encodePayload(fields.ask, ask, request),
      decode: (reply: Uint8Array) => codec.decodePayload(fields.reply, reply),
    }
    return seat.asked.ask(clock, (item) => seat.link.push({ ...item, channel: seat.link.channel }), asked, options)
  }

  leave(reason: string = 'kicked'): void {
    this.#actions.kick(this.#seat, reason)
  }
}

const MAX_TEAMS = 0x7fff_ffff

/** A copy: game code may go on using its own object. */
function checkedArea(area: PlayerViewArea): PlayerViewArea {
  const { x, y, radius, width, height } = { radius: 0, width: 0, height: 0, ...area }
  const hasSize = 'radius' in area || ('width' in area && 'height' in area)
  if (!hasSize || ![x, y, radius, width, height].every((value) => Number.isFinite(value)))
    throw new ConfigError('player.view', '{ x, y, radius } or { x, y, width, height } of finite numbers', area)
  return { ...area }
}
