import { TRACKS } from '@tickwire/protocol/internal'
import type { HeldEntity } from '@tickwire/protocol/internal'

interface Entry {
  /** The snapshot that told it. */
  readonly tick: number
  /** What was held from then on, continued by the codec's rule until the next entry. */
  readonly held: HeldEntity
}

/** What one entity was at the last snapshots. Only changes are kept: whatever continued by the rule costs nothing. */
export class EntityHistory {
  private entries: Entry[]

  constructor(tick: number, held: HeldEntity) {
    this.entries = [{ tick, held: copyOf(held) }]
  }

  get firstTick(): number {
    return this.entries[0]!.tick
  }

  /** Takes what is held after the snapshot of `tick`; true if that is something new. */
  add(tick: number, held: HeldEntity): boolean {
    if (isSame(this.entries.at(-1)!.held, held)) return false
    this.entries.push({ tick, held: copyOf(held) })
    return true
  }

  /** What was held at a tick; before the first one, the first. */
  at(tick: number): HeldEntity {
    const { entries } = this
    for (let i = entries.length - 1; i > 0; i--) if (entries[i]!.tick <= tick) return entries[i]!.held
    return entries[0]!.held
  }

  /** Forgets what is not needed to show `tick` and later. */
  forgetBefore(tick: number): void {
    let first = 0
    while (first + 1 < this.entries.length && this.entries[first + 1]!.tick <= tick) first++
    if (first > 0) this.entries = this.entries.slice(first)
  }
}

/** The replica changes its anchors in place. */
function copyOf({ id, slot, kind, anchors, blobs }: HeldEntity): HeldEntity {
  const { all, owner, revealed } = anchors
  const copy = (anchor: typeof all): typeof all => ({ tick: anchor.tick, row: anchor.row.slice() })
  return {
    id,
    slot,
    kind,
    anchors: { all: copy(all), owner: copy(owner), revealed: copy(revealed) },
    blobs: blobs.slice(),
  }
}

/** Each change brings a newer anchor; a value of variable length is a column of its anchor too. */
function isSame(a: HeldEntity, b: HeldEntity): boolean {
  return TRACKS.every((track) => a.anchors[track].tick === b.anchors[track].tick)
}
