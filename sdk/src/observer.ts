import { ConfigError } from '@tickwire/protocol'
import type { BitReader, GameCodec, Replica, SnapshotHeader } from '@tickwire/protocol/internal'
import type { Clock } from './clock.ts'
import type { Impairment } from './impair/impairment.ts'
import type { Timeline } from './interpolation/timeline.ts'
import type { Joined, RoomLink } from './link/ports.ts'
import type { PredictedEntities } from './prediction/predicted-entity.ts'
import type { ReadSnapshot } from './read-snapshot.ts'
import type { RoomNumbers } from './stats.ts'
import type { Pacer } from './time/pacer.ts'
import type { EntityViews } from './view/views.ts'

/** A joined room as an observer sees it: to look at, not to change. */
export interface RoomInside {
  readonly parts: { readonly joined: Joined; readonly link: RoomLink; readonly views: EntityViews }
  readonly codec: GameCodec
  /** What the server has told. */
  readonly replica: Replica
  /** What this client simulates. */
  readonly predicted: PredictedEntities
  readonly pacer: Pacer
  readonly timeline: Timeline
  readonly numbers: RoomNumbers
  /** The newest snapshot that was applied: its number, 0 before the first, and its tick. */
  readonly seq: number
  readonly tick: number
  /** Reads a snapshot without applying it. @throws DecodeError */
  read(bits: BitReader): ReadSnapshot
}

/** Is told what a client does, as it does it. It must not throw, and what it is handed is its own only until it returns. */
export interface Observer {
  packetSent(packet: Uint8Array): void
  /** Before anybody has read it: the room is still as it was. */
  packetReceived(packet: Uint8Array): void
  snapshotApplied(room: RoomInside, header: SnapshotHeader): void
  /** `room.advance` is through. */
  frameDrawn(room: RoomInside): void
}

/**
 * Where a client's observer is, if it has one: the link and the room look here, which is all that they do for it
 * while there is none.
 */
export class Observed {
  observer: Observer | null = null
  /** The room that the client has a seat in, or looks on. */
  room: RoomInside | null = null
  /** What the client was last told to make of its network. */
  impairment: Impairment = {}
  readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }
}

const clients = new WeakMap<object, Observed>()

/** Called by a client for itself: its public type says nothing of observers. */
export function makeObservable(client: object, clock: Clock): Observed {
  const observed = new Observed(clock)
  clients.set(client, observed)
  return observed
}

/** @throws ConfigError for what is no client of this package */
export function observedOf(client: object): Observed {
  const observed = clients.get(client)
  if (observed === undefined) throw new ConfigError('client', 'what createClient of the same package returned', client)
  return observed
}
