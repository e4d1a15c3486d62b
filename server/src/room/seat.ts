import type { GameTypes } from '@tickwire/protocol'
import { VIEW_STEPS_PER_TICK } from '@tickwire/protocol/internal'
import type { Fields } from '@tickwire/protocol/internal'
import type { ClientFeed } from '../replication/client-feed.ts'
import { OpenRequests } from '../open-requests.ts'
import type { EntityRecord } from '../replication/entity-table.ts'
import { ClientRequests } from './client-requests.ts'
import type { InputQueue, TakenInput } from './input-queue.ts'
import type { EncodedMessage } from './message-encoder.ts'
import type { SeatLink } from './ports.ts'
import type { Player, PlayerViewArea } from './room-api.ts'

/**
 * Where a seat is in its life: its `onJoin` runs; its player plays; the connection dropped and the seat is kept; it was
 * given up and its number may be somebody else's.
 */
export type SeatPhase = 'joining' | 'playing' | 'dropped' | 'gone'

/** The input of a bot for the tick being run. */
export type Think = () => object

/** Messages that wait for a client's first snapshot; more than a game says between two snapshots. */
const MAX_WAITING = 256

type Delivery = 'reliable' | 'latest'

/** A place in a room, held across connections. */
export class Seat {
  readonly id: number
  readonly inputs: InputQueue
  readonly feed: ClientFeed
  /** What travels of its player. */
  readonly fields: Fields
  link: SeatLink
  phase: SeatPhase = 'joining'
  view: PlayerViewArea | null = null
  /** Its teams, as a bit mask. */
  team = 0
  /** Its own budget, or null: the room's. */
  bytesPerSecond: number | null = null
  /** Its player as game code knows it; set once, right after the seat was made. */
  player!: Player<GameTypes>
  /** It only looks on: nothing is its own, and it is no player. */
  isSpectator = false
  /** Its player in the world, from the end of `onJoin` on. */
  record: EntityRecord | null = null
  readonly requests: OpenRequests = new OpenRequests()
  /** What its client was asked. */
  readonly asked: ClientRequests = new ClientRequests()
  /** What the simulation reads for the tick being run. */
  input: object
  /** The tick, in 1/16, that its player saw others at when it made this input, or -1. */
  viewStamp = -1
  /** What plays it instead of a client; null: a client does. */
  readonly think: Think | null
  /** What its client is told once it has a world to understand it with [SNP4]; null: it has one. */
  private waiting: { readonly message: EncodedMessage; readonly delivery: Delivery }[] | null = []

  constructor(
    id: number,
    link: SeatLink,
    inputs: InputQueue,
    feed: ClientFeed,
    fields: Fields,
    neutral: object,
    think: Think | null,
  ) {
    this.id = id
    this.link = link
    this.think = think
    this.inputs = inputs
    this.feed = feed
    this.fields = fields
    this.input = neutral
  }

  /** Whether its player is there; a bot always is. */
  get isOnline(): boolean {
    return this.phase === 'playing'
  }

  /** Whether anybody hears what it is told. */
  get hasListener(): boolean {
    return this.isOnline && this.think === null
  }

  /** Queues a message at its link, also while the connection is down: it arrives after the resume. */
  tell(message: EncodedMessage, delivery: Delivery): void {
    if (this.phase === 'gone' || this.think !== null) return
    if (this.waiting === null) this.pass(message, delivery)
    else if (this.waiting.push({ message, delivery }) > MAX_WAITING) this.hasWorld()
  }

  /** Its client's first snapshot is on its way: what waited follows. */
  hasWorld(): void {
    const waiting = this.waiting ?? []
    this.waiting = null
    for (const { message, delivery } of waiting) this.pass(message, delivery)
  }

  /** Its client was reloaded and holds nothing. */
  lostWorld(): void {
    this.waiting ??= []
  }

  private pass({ message, payload }: EncodedMessage, delivery: Delivery): void {
    const { link } = this
    if (delivery === 'latest') link.pushLatest({ message, payload })
    else link.push({ type: 'message', channel: link.channel, message, payload })
  }

  /** Takes the view of an input over, as far as it can be true: not beyond what the client acknowledged, never back. */
  see({ viewStamp }: TakenInput): void {
    if (viewStamp < 0) return
    this.viewStamp = Math.max(this.viewStamp, Math.min(viewStamp, this.feed.ackedTick * VIEW_STEPS_PER_TICK))
  }
}
