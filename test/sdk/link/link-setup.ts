import { DecodeError } from '@tickwire/protocol'
import { GameCodec, NO_WISH } from '@tickwire/protocol/internal'
import type { CallItem, LatestMessage, SeatClaim } from '@tickwire/protocol/internal'
import type { Ticket, TokenStorage } from '../../../sdk/src/client-api.ts'
import type { Connect } from '../../../sdk/src/connection/transport.ts'
import { Link } from '../../../sdk/src/link/link.ts'
import type { JoinOutcome } from '../../../sdk/src/link/joining.ts'
import type { PageEvent, PageLife } from '../../../sdk/src/link/page-life.ts'
import { Observed } from '../../../sdk/src/observer.ts'
import type { Joined, RoomLink, RoomReceiver } from '../../../sdk/src/link/ports.ts'
import { ResumeStore } from '../../../sdk/src/link/resume.ts'
import type { CloseInfo } from '../../../sdk/src/room-api.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { arenaSchema } from '../../games/arena/arena.ts'
import { FakeServer, joined, restOf, welcome } from '../fake-server.ts'
import type { FakeConnection } from '../fake-server.ts'

export const URL = 'ws://here/tickwire'
export const codec = new GameCodec(arenaSchema)

/** The room's side of a seat, played by a test: it writes down what it is told. */
export class FakeRoom implements RoomReceiver {
  readonly ready: Promise<void>
  readonly log: string[] = []
  readonly joined: Joined
  readonly link: RoomLink
  endedBy: CloseInfo | null = null
  heldSnapshot = -1
  /** Thrown by the next call. */
  failure: Error | null = null
  private setReady: () => void = () => {}

  constructor(joinedItem: Joined, link: RoomLink) {
    this.joined = joinedItem
    this.link = link
    this.ready = new Promise((resolve) => (this.setReady = resolve))
  }

  get seatClaim(): SeatClaim {
    const { channel, epoch } = this.joined
    return { channel, epoch, game: 'arena', hashes: codec.hashes, heldSnapshot: this.heldSnapshot }
  }

  receiveSnapshot(bits: Parameters<RoomReceiver['receiveSnapshot']>[0]): void {
    this.note(`snapshot ${restOf(bits).join()}`)
    this.heldSnapshot++
    this.setReady()
  }

  receiveCall(call: CallItem): void {
    this.note(call.type === 'message' ? `message ${call.message}: ${call.payload.join()}` : call.type)
  }

  receiveLatest({ message, payload }: LatestMessage): void {
    this.note(`latest ${message}: ${payload.join()}`)
  }

  receiveTable(number: number, bytes: Uint8Array): void {
    this.note(`table ${number}: ${bytes.join()}`)
  }

  receiveStateHash(tick16: number, hash: number): void {
    this.note(`hash of ${tick16}: ${hash}`)
  }

  resumed(): void {
    this.note('resumed')
  }

  ended(reason: CloseInfo): void {
    this.endedBy = reason
    this.note(`ended ${reason.name}`)
  }

  private note(text: string): void {
    this.log.push(text)
    const { failure } = this
    this.failure = null
    if (failure !== null) throw failure
  }
}

export class FakePage implements PageLife {
  listeners = new Set<(event: PageEvent) => void>()
  listen(listener: (event: PageEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  fire(event: PageEvent): void {
    for (const listener of Array.from(this.listeners)) listener(event)
  }
}

export class FakeStorage implements TokenStorage {
  readonly items = new Map<string, string>()
  getItem(key: string): string | null {
    return this.items.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value)
  }
  removeItem(key: string): void {
    this.items.delete(key)
  }
}

/** One link, its server and the room that it may get, on a clock that stands still. */
export class LinkSetup {
  readonly clock = new FakeClock()
  readonly server = new FakeServer(this.clock)
  readonly page = new FakePage()
  readonly storage = new FakeStorage()
  readonly store = new ResumeStore(this.storage, URL)
  /** How many secrets were drawn. */
  drawn = 0
  readonly states: string[] = []
  readonly reports: string[] = []
  readonly rooms: FakeRoom[] = []
  link = this.makeLink()
  outcome: JoinOutcome<FakeRoom> | null = null
  failure: (Error & { code?: string }) | null = null

  get connection(): FakeConnection {
    return this.server.newest
  }

  get room(): FakeRoom {
    const room = this.rooms.at(-1)
    if (room === undefined) throw new Error('no room was opened')
    return room
  }

  makeLink(connect: Connect = this.server.connect, ticket: Ticket = 'ticket'): Link {
    const link = new Link(
      { url: URL, ticket },
      {
        connect,
        clock: this.clock,
        random: () => 0.5,
        randomBytes: (length) => new Uint8Array(length).fill(0x40 + ++this.drawn),
        schedule: (fn) => void this.clock.setTimer(fn, 0),
        pageUrl: null,
        store: this.store,
        page: this.page,
        report: (message) => this.reports.push(message),
        observed: new Observed(this.clock),
      },
    )
    link.onConnection((state) => {
      this.states.push('reason' in state ? `${state.phase} ${state.reason.name}` : state.phase)
    })
    return link
  }

  /** A reload: what the page held is gone, the storage is not. */
  reload(): void {
    this.page.fire('hide')
    this.page.listeners.clear()
    this.link = this.makeLink()
    this.states.length = 0
  }

  join(): void {
    const ask = { verb: 'joinOrCreate', room: '', reservation: '', wish: NO_WISH, join: Uint8Array.of(1, 65) } as const
    this.settle(this.link.join(ask, codec, (item, link) => this.openRoom(item, link)))
  }

  resume(): void {
    const stored = this.store.load()
    if (stored === null) throw new Error('nothing is stored')
    this.settle(this.link.resume(stored, codec, (item, link) => this.openRoom(item, link)))
  }

  /** As far as a joined room with its first snapshot. */
  async seat(): Promise<void> {
    this.join()
    await this.run(0)
    const { connection } = this
    const { channel } = connection.join
    const snapshot = { type: 'snapshot', channel, bytes: Uint8Array.of(9) } as const
    connection.send(welcome(), ...connection.reliable(joined(channel)), snapshot, { type: 'reliableAck', seq: 1 })
    await this.run(0)
  }

  /** Lets time pass and promises settle. */
  async run(ms: number): Promise<void> {
    this.clock.advance(ms)
    for (let i = 0; i < 5; i++) await Promise.resolve()
    this.clock.advance(0)
  }

  private openRoom(item: Joined, link: RoomLink): FakeRoom {
    const room = new FakeRoom(item, link)
    this.rooms.push(room)
    return room
  }

  private settle(outcome: Promise<JoinOutcome<FakeRoom>>): void {
    this.outcome = null
    this.failure = null
    outcome.then(
      (value) => (this.outcome = value),
      (error: Error) => (this.failure = error),
    )
  }
}

export const brokenBytes = (): DecodeError =>
  new DecodeError('malformed', { what: 'payload', expected: 'sense', got: 'none', offset: 0 })
