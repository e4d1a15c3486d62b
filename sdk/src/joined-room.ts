import { DecodeError } from '@tickwire/protocol'
import type { Game, GameTypes } from '@tickwire/protocol'
import type { BitReader, CallItem, LatestMessage, LooseHead, SeatClaim } from '@tickwire/protocol/internal'
import { ConnectionClosedError } from './errors.ts'
import { Emitter } from './events.ts'
import type { Joined, RoomLink, RoomReceiver } from './link/ports.ts'
import { Listeners } from './listeners.ts'
import { Observed } from './observer.ts'
import { consoleReport, reportOnce } from './report.ts'
import type { Report } from './report.ts'
import type { CloseInfo, ConnectionState, JoinedRoom, Unsubscribe, WatchedRoom } from './room-api.ts'
import { RoomEvents } from './room-events.ts'
import type { FiredEvent } from './room-events.ts'
import { RoomFacade } from './room-facade.ts'
import type { RoomParts } from './room-facade.ts'
import { RoomLoop } from './room-loop.ts'
import { RoomMessages } from './room-messages.ts'
import { RoomRequests } from './room-requests.ts'
import { RoomWatch } from './room-watch.ts'
import { Drawings } from './view/draw.ts'
import { EntityViews } from './view/views.ts'

/** The room's side of a seat: what the link tells it, and what the game sees of it. */
export interface OpenedRoom<G extends GameTypes> extends RoomReceiver {
  readonly room: JoinedRoom<G> & WatchedRoom<G>
}

/** Opens a seat that the server has granted. `report` is told of faults in game code; each of them once. */
export function openJoinedRoom<G extends GameTypes>(
  game: Game<G>,
  joined: Joined,
  link: RoomLink,
  report: Report = consoleReport,
  observed: Observed = new Observed(link.clock),
): OpenedRoom<G> {
  return new SeatedRoom(wire(game, joined, link, reportOnce(report), observed))
}

function wire<G extends GameTypes>(
  game: Game<G>,
  joined: Joined,
  link: RoomLink,
  report: Report,
  observed: Observed,
): RoomParts<G> {
  const eventListeners = new Listeners<FiredEvent>('room.onEvent', report)
  const views = new EntityViews(link.codec.layout, joined.seat)
  const drawings = new Drawings(views, report)
  const events = new RoomEvents(link.codec, eventListeners)
  const watch = new RoomWatch(link.clock, report)
  const loop = new RoomLoop({ game, joined, link, views, drawings, events, watch, report, observed })
  const messages = new RoomMessages(link, new Listeners('room.onMessage', report))
  const states = new Emitter<ConnectionState>((error) => report('room.onConnection: the listener threw', error))
  const requests = new RoomRequests(link, report)
  return { joined, link, views, drawings, eventListeners, messages, requests, states, loop, watch }
}

class SeatedRoom<G extends GameTypes> implements OpenedRoom<G> {
  readonly room: JoinedRoom<G> & WatchedRoom<G>
  readonly ready: Promise<void>
  private readonly parts: RoomParts<G>
  private readonly resolveLeft: (reason: CloseInfo) => void
  private readonly resolveReady: () => void
  private readonly rejectReady: (error: Error) => void
  private readonly stopFollowing: Unsubscribe
  private over: ConnectionState | null = null

  constructor(parts: RoomParts<G>) {
    this.parts = parts
    const { link } = parts
    const left = promise<CloseInfo>()
    const ready = promise<void>()
    this.resolveLeft = left.resolve
    this.resolveReady = ready.resolve
    this.rejectReady = ready.reject
    this.ready = ready.promise
    // Whoever waits for it hears of a rejection; if nobody does, that is no fault of the page.
    this.ready.catch(() => undefined)
    this.room = new RoomFacade(this.parts, left.promise, () => this.over ?? link.connection)
    this.stopFollowing = link.onConnection((state) => this.follow(state))
  }

  get seatClaim(): SeatClaim {
    const { joined, link, loop } = this.parts
    const { codec, channel } = link
    const heldSnapshot = loop.seq === 0 ? -1 : loop.seq
    return { channel, epoch: joined.epoch, game: codec.schema.name, hashes: codec.hashes, heldSnapshot }
  }

  receiveSnapshot(bits: BitReader, nowMs: number, loose: LooseHead | null = null): void {
    this.parts.loop.receive(bits, nowMs, loose)
    this.resolveReady()
  }

  receiveCall(call: CallItem): void {
    const { messages, requests } = this.parts
    if (call.type === 'message') messages.receive(call.message, call.payload)
    else if (call.type === 'request') requests.receive(call)
    else if (call.type === 'cancel') requests.cancel(call.id)
    else
      throw new DecodeError('unexpected', {
        what: 'item',
        expected: 'a message or a request',
        got: call.type,
        offset: 0,
      })
  }

  receiveLatest({ message, payload }: LatestMessage): void {
    this.parts.messages.receive(message, payload)
  }

  receiveTable(number: number, bytes: Uint8Array): void {
    this.parts.loop.learnTable(number, bytes)
  }

  receiveStateHash(tick16: number, hash: number): void {
    this.parts.loop.check.expect(tick16, hash)
  }

  resumed(): void {
    this.parts.loop.resumed()
  }

  ended(reason: CloseInfo): void {
    const { link, loop, requests, states, watch } = this.parts
    loop.end()
    requests.end()
    this.stopFollowing()
    // The link may well be online again, at a server that has no such room any more: for this room all is over.
    this.over = { phase: 'closed', reason }
    if (link.connection.phase !== 'closed') states.emit(this.over)
    watch.ended(reason)
    this.rejectReady(new ConnectionClosedError(reason))
    this.resolveLeft(reason)
  }

  private follow(state: ConnectionState): void {
    const { loop, link, states } = this.parts
    if (state.phase !== 'online') loop.dropped(link.clock.nowMs())
    states.emit(state)
  }
}

interface Settled<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

function promise<T>(): Settled<T> {
  let [resolve, reject]: [(value: T) => void, (error: Error) => void] = [() => undefined, () => undefined]
  const made = new Promise<T>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise: made, resolve, reject }
}
