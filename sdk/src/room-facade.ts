import type {
  EntityView,
  EventOf,
  GameTypes,
  KindOf,
  PlayerFields,
  RequestsTo,
  ToClient,
  ToServer,
} from '@tickwire/protocol'
import { ConfigError } from '@tickwire/protocol'
import type { Emitter } from './events.ts'
import type { Joined, RoomLink } from './link/ports.ts'
import type { Listeners } from './listeners.ts'
import { GameRoomAdmin } from './lobby/room-admin.ts'
import type {
  CloseInfo,
  ConnectionState,
  Drawing,
  EventInfo,
  JoinedRoom,
  PlayerView,
  RoomAdmin,
  RequestHandler,
  RequestOptions,
  RoomStats,
  Sample,
  SendOptions,
  Unsubscribe,
} from './room-api.ts'
import type { FiredEvent, Undo } from './room-events.ts'
import type { RoomLoop } from './room-loop.ts'
import type { RoomMessages } from './room-messages.ts'
import type { RoomRequests } from './room-requests.ts'
import type { RoomWatch } from './room-watch.ts'
import { readStats } from './stats.ts'
import type { Drawings } from './view/draw.ts'
import type { EntityViews } from './view/views.ts'

/** Everything that a joined room is made of. */
export interface RoomParts<G extends GameTypes> {
  readonly joined: Joined
  readonly link: RoomLink
  readonly views: EntityViews
  readonly drawings: Drawings
  readonly eventListeners: Listeners<FiredEvent>
  readonly messages: RoomMessages
  readonly requests: RoomRequests
  readonly states: Emitter<ConnectionState>
  readonly loop: RoomLoop<G>
  readonly watch: RoomWatch
}

/** What a spectator does. */
const NO_INPUT = (): object => ({})

/** The room as its player sees it: gives the untyped machinery the game's types, and computes nothing itself. */
export class RoomFacade<G extends GameTypes> implements JoinedRoom<G> {
  private readonly parts: RoomParts<G>
  private readonly whenLeft: Promise<CloseInfo>
  private readonly connectionNow: () => ConnectionState

  constructor(parts: RoomParts<G>, whenLeft: Promise<CloseInfo>, connectionNow: () => ConnectionState) {
    this.parts = parts
    this.whenLeft = whenLeft
    this.connectionNow = connectionNow
  }

  get id(): string {
    return this.parts.joined.roomId
  }
  get seat(): number {
    return this.parts.joined.seat
  }
  get tick(): number {
    return this.parts.loop.tick
  }
  get state(): Readonly<G['state']> {
    return this.parts.loop.view.state as Readonly<G['state']>
  }
  get players(): ReadonlyMap<number, PlayerView<G> & Readonly<PlayerFields<G>>> {
    return this.parts.loop.view.players as ReadonlyMap<number, PlayerView<G> & Readonly<PlayerFields<G>>>
  }
  get stats(): RoomStats {
    return readStats(this.parts.link, this.parts.loop.numbers)
  }
  get connection(): ConnectionState {
    return this.connectionNow()
  }
  get left(): Promise<CloseInfo> {
    this.parts.watch.heeded()
    return this.whenLeft
  }

  *view<K extends KindOf<G>>(kind: K): Iterable<EntityView<G, K>> {
    for (const entry of this.parts.views.ofKind(this.known(kind))) {
      if (entry.isShown) yield entry.view as EntityView<G, K>
    }
  }

  mine<K extends KindOf<G>>(kind: K): Extract<EntityView<G, K>, { readonly mine: true }> | undefined {
    for (const { isShown, fields, view } of this.parts.views.ofKind(this.known(kind))) {
      if (isShown && fields.mine) return view as Extract<EntityView<G, K>, { readonly mine: true }>
    }
    return undefined
  }

  draw<K extends KindOf<G>, T>(kind: K, drawing: Drawing<EntityView<G, K>, T>): Unsubscribe {
    if (typeof drawing?.enter !== 'function') throw new ConfigError('room.draw', 'an object with enter()', drawing)
    return this.parts.drawings.add(this.known(kind), drawing as Drawing<object, unknown>)
  }

  advance(sample: Sample<G> = NO_INPUT): void {
    this.parts.watch.advanced()
    this.parts.loop.advance(sample)
    this.parts.messages.started()
  }

  press(input: keyof G['input'] & string): void {
    this.parts.loop.inputs.press(input)
  }

  onEvent<E extends EventOf<G>>(
    event: E,
    listener: (payload: Readonly<G['events'][E]>, about: EventInfo) => void,
  ): Unsubscribe {
    const names = this.parts.link.codec.eventNames
    if (!names.includes(event))
      throw new ConfigError('room.onEvent', `one of ${names.join(', ') || '(no events)'}`, event)
    return this.parts.eventListeners.add(event, ({ payload, about, undos }) => {
      const undo: unknown = listener(payload as G['events'][E], about)
      if (typeof undo === 'function') undos?.push(undo as Undo)
    })
  }

  onMessage<M extends keyof ToClient<G> & string>(
    message: M,
    listener: (payload: ToClient<G>[M]) => void,
  ): Unsubscribe {
    return this.parts.messages.on(message, (payload) => listener(payload as ToClient<G>[M]))
  }

  onConnection(listener: (state: ConnectionState) => void): Unsubscribe {
    this.parts.watch.heeded()
    return this.parts.states.on(listener)
  }

  send<M extends keyof ToServer<G> & string>(message: M, payload: ToServer<G>[M], options?: SendOptions): boolean {
    return this.parts.messages.send(message, payload, options)
  }

  onRequest<R extends keyof RequestsTo<G, 'client'> & string>(
    request: R,
    handler: RequestHandler<G['requests'][R]>,
  ): Unsubscribe {
    return this.parts.requests.on(request, (ask, about) => handler(ask, about))
  }

  request<R extends keyof RequestsTo<G, 'server'> & string>(
    request: R,
    ask: G['requests'][R]['ask'],
    options?: RequestOptions,
  ): Promise<G['requests'][R]['reply']> {
    return this.parts.messages.request(request, ask, options)
  }

  get options(): Readonly<G['options']> {
    return this.parts.loop.view.options as Readonly<G['options']>
  }
  get metadata(): Readonly<G['metadata']> {
    return this.parts.loop.view.metadata as Readonly<G['metadata']>
  }
  get revision(): number {
    return this.parts.loop.view.revision
  }
  get owner(): number | null {
    return this.parts.loop.view.owner
  }
  get locked(): boolean {
    return this.parts.loop.view.isLocked
  }
  get invite(): string {
    return this.parts.loop.view.invite
  }
  get admin(): RoomAdmin<G> {
    const { codec, lobby } = this.parts.link
    return new GameRoomAdmin(this.id, codec, lobby)
  }

  async setProfile(patch: Partial<G['profile']>): Promise<void> {
    const { codec, lobby } = this.parts.link
    const bytes = codec.encodePatch(codec.schema.profile, patch, 'setProfile')
    await lobby.request('setProfile', { room: this.id, patch: bytes })
  }

  async look(area: { readonly x: number; readonly y: number; readonly radius: number } | null): Promise<void> {
    const { x, y, radius } = area ?? { x: 0, y: 0, radius: 0 }
    await this.parts.link.lobby.request('setView', { room: this.id, everything: area === null, x, y, radius })
  }

  leave(): Promise<void> {
    return this.parts.link.leave()
  }

  private known(kind: string): string {
    const { entities } = this.parts.link.codec.schema
    if (!(kind in entities))
      throw new ConfigError('kind', `one of ${Object.keys(entities).join(', ') || '(none)'}`, kind)
    return kind
  }
}
