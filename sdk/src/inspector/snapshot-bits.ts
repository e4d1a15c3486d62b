import type { KindLayout } from '@tickwire/protocol/internal'
import type { MeteringReader } from './metering-reader.ts'

/** Takes `bits` of a snapshot that were spent on a field, or on what stands around fields: its name is in brackets then. */
export type OnBits = (kind: string, field: string, bits: number) => void

/** What of a snapshot belongs to no entity. */
export const SNAPSHOT_PART = '(snapshot)'
export const EVENT_PART = '(events)'

const ADDRESS = new Set(['slot gap', 'record form', 'anchor age', 'known entity', 'entity kind', 'generation'])
const FLAGS = new Set(['other columns', 'cold columns'])
const MOTION = new Set(['fresh hidden columns', 'no trend', 'whole trend', 'trend', 'carry', 'carry of a trend'])
const BODY_STARTS = new Set(['table', 'entity count'])
/** What ends a record. */
const LIST_ENDS = new Set(['slot gap', 'entity count', 'body padding', 'spawn keys'])

/** What a snapshot was made of, besides its bits. */
export interface SnapshotContent {
  /** Kinds of its records, in their order; those of a coded body come first. */
  readonly kinds: readonly KindLayout[]
  /** Names of its events, in their order. */
  readonly events: readonly string[]
}

/**
 * Says what the bits of a snapshot were spent on. A coded body is one block: the models share its bits among all fields.
 * @returns how many records each kind had
 */
export function attributeBits(meter: MeteringReader, content: SnapshotContent, onBits: OnBits): Map<string, number> {
  const walk = new Walk(meter, content, onBits)
  for (let i = 0; i < meter.count; i++) walk.take(meter.reads[i]!.what, meter.reads[i]!.bits)
  return countsOf(content.kinds)
}

/** `#room` and `#player` are the game's `room` and `player` to whoever looks. */
export const shownKind = (name: string): string => name.replace('#', '')

function countsOf(kinds: readonly KindLayout[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { name } of kinds) counts.set(shownKind(name), (counts.get(shownKind(name)) ?? 0) + 1)
  return counts
}

/** Follows the reads from part to part. */
class Walk {
  private readonly content: SnapshotContent
  private readonly onBits: OnBits
  private part: 'header' | 'lists' | 'record' | 'keys' | 'events' = 'header'
  /** The next record, and the next event. */
  private record: number
  private event = -1
  /** A slot that was read, and of which it is not known yet whether a record follows. */
  private gapBits = 0

  constructor(meter: MeteringReader, content: SnapshotContent, onBits: OnBits) {
    this.content = content
    this.onBits = onBits
    let plain = 0
    for (let i = 0; i < meter.count; i++) if (meter.reads[i]!.what === 'record form') plain++
    // The records of a coded body have no form of their own.
    this.record = content.kinds.length - plain - 1
  }

  take(what: string, bits: number): void {
    this.turn(what)
    switch (this.part) {
      case 'header':
        return this.onBits(SNAPSHOT_PART, 'header', bits)
      case 'lists':
        return this.takeOfList(what, bits)
      case 'record':
        return this.takeOfRecord(what, bits)
      case 'keys':
        return this.onBits(SNAPSHOT_PART, 'spawn keys', bits)
      case 'events':
        return this.onBits(EVENT_PART, this.content.events[this.event] ?? '(count)', bits)
    }
  }

  /** To the part that begins with this read. */
  private turn(what: string): void {
    const { part } = this
    if (what === 'record form') {
      this.part = 'record'
      this.record++
    } else if (part === 'header' ? BODY_STARTS.has(what) : part === 'record' && LIST_ENDS.has(what)) {
      this.part = 'lists'
    }
    if (what === 'spawn keys') this.part = 'keys'
    else if (part === 'keys' && what === 'events') this.part = 'events'
    else if (part === 'events' && what === 'event index') this.event++
  }

  private takeOfList(what: string, bits: number): void {
    if (what === 'slot gap') {
      this.gapBits += bits
      return
    }
    if (this.gapBits > 0) this.onBits(SNAPSHOT_PART, 'removals', this.takeGap())
    const isCoded = what === 'coded body' || what === 'table'
    this.onBits(SNAPSHOT_PART, isCoded ? 'coded body' : 'lists', bits)
  }

  private takeOfRecord(what: string, bits: number): void {
    const kind = this.content.kinds[this.record]
    const name = kind === undefined ? SNAPSHOT_PART : shownKind(kind.name)
    if (this.gapBits > 0) this.onBits(name, '(address)', this.takeGap())
    const isField = kind?.columns.some((column) => column.name === what) ?? false
    this.onBits(name, isField ? what : around(what), bits)
  }

  private takeGap(): number {
    const { gapBits } = this
    this.gapBits = 0
    return gapBits
  }
}

function around(what: string): string {
  if (ADDRESS.has(what)) return '(address)'
  if (FLAGS.has(what)) return '(flags)'
  return MOTION.has(what) ? '(motion)' : what
}
