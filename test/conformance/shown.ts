/** How decoded values stand in the corpus: plain JSON, the same whoever decoded them. */

export type Shown = null | boolean | number | string | readonly Shown[] | { readonly [name: string]: Shown }

/** The integers of a track, with the value of each field of variable length in its place; undefined: not held. */
export type ShownTrack = readonly unknown[] | undefined
export interface ShownEntity {
  readonly slot: number
  readonly id: number
  readonly kind: string
  readonly all: ShownTrack
  readonly owner: ShownTrack
  readonly revealed: ShownTrack
}

/** Payloads stand in the corpus as their values, and tables in what is read by them. */
const PAYLOADS = ['payload', 'join', 'bytes']
/** Left out where there are none, as in most snapshots. */
const LISTS = ['spawnKeys', 'events', 'changes']

function isShown([name, value]: readonly [string, unknown]): boolean {
  if (PAYLOADS.includes(name)) return !(value instanceof Uint8Array)
  return LISTS.includes(name) ? (value as readonly unknown[]).length > 0 : value !== undefined
}

/** Bytes as hexadecimal, fractions without the digits in which two correct computations may differ. */
export function shown(value: unknown): Shown {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(12))
  // What a bent packet unpacks to is whatever msgpack knows.
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return value as Shown
  const entries = Object.entries(value).filter(isShown)
  return Object.fromEntries(entries.map(([name, one]) => [name, shown(one)]))
}

/** Tells what changed in a world, so that a corpus need not repeat what stayed. */
export class Ledger {
  private known = new Map<number, string>()

  /** Each entity that is not as it was: id, kind, the tracks that are held by name; and the slot of each that left. */
  changes(entities: readonly ShownEntity[]): Shown[] {
    const before = this.known
    this.known = new Map()
    const changes: Shown[] = []
    for (const { slot, id, kind, ...tracks } of entities.toSorted((a, b) => a.slot - b.slot)) {
      const one = [id, kind, shown(tracks)]
      const text = JSON.stringify(one)
      this.known.set(slot, text)
      if (before.get(slot) !== text) changes.push(one)
    }
    for (const slot of before.keys()) if (!this.known.has(slot)) changes.push([slot, 'gone'])
    return changes
  }
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'))
}
