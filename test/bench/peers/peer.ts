import type { KindLayout } from '@tickwire/protocol/internal'

export type PeerName = 'ours' | 'colyseus' | 'fieldDiff' | 'msgpackrFull'

/** One entity as others would send it: quantised integers, so that nobody pays for digits that ours does not send. */
export interface Standing {
  /** As small as ids can be: one that was given back is taken again. */
  readonly id: number
  /** Where ours keeps it. */
  readonly slot: number
  readonly kind: KindLayout
  values: readonly number[]
  /** What changed since the tick before: the number of a field, its value, and so on. */
  changes: readonly number[]
}

/** What one client sees at a tick, and how that differs from the tick before. */
export interface PeerView {
  readonly visible: ReadonlySet<Standing>
  readonly entered: readonly Standing[]
  readonly left: readonly Standing[]
}

/** One tick of a world. */
export interface PeerTick {
  readonly number: number
  readonly all: Iterable<Standing>
  readonly spawned: readonly Standing[]
  readonly gone: readonly Standing[]
  /** By client; all of them the same one where everybody sees everything. */
  readonly views: readonly PeerView[]
}

/** Where a client's message goes; the bytes are the encoder's and change with the next message. */
export type Tell = (client: number, message: Uint8Array) => void

/** A way of telling clients of a world. */
export interface Peer {
  readonly name: PeerName
  /** By what its clients know an entity. */
  idOf(one: Standing): number
  /** Tells every client of a tick: what it does is what is measured. */
  encode(tick: PeerTick, tell: Tell): void
}

/** What its clients do: applies one message after the other. */
export interface PeerReader {
  read(message: Uint8Array): void
  held(): Iterable<Held>
}

/** One entity as a reader holds it. */
export interface Held {
  readonly id: number
  readonly kind: string
  readonly fields: Readonly<Record<string, number>>
}
