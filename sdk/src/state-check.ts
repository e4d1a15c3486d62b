import { mixEntity } from '@tickwire/protocol/internal'
import type { GameLayout, HeldEntity, Replica, SnapshotHeader } from '@tickwire/protocol/internal'
import type { Report } from './report.ts'

/** What an entity was taken for, before the server told all again. */
interface Believed {
  readonly id: number
  readonly row: Int32Array
}

/**
 * Holds what this client has decoded against the server's hash of it (`verify: true` of a room). If they differ, it asks for
 * everything: that comes as a second snapshot of a tick, so whatever it changes was wrong, and is named.
 */
export class StateCheck {
  /** How often the two differed. */
  mismatches = 0
  private readonly replica: Replica
  private readonly layout: GameLayout
  private readonly report: Report
  private readonly ask: (tick16: number) => void
  private readonly row: Int32Array
  /** The hash that came ahead of its snapshot. */
  private expected: { readonly tick16: number; readonly hash: number } | null = null
  /** The tick of the newest snapshot while everything is asked for. */
  private askedTick: number | null = null
  private believed: Map<number, Believed> | null = null

  constructor(replica: Replica, layout: GameLayout, report: Report, ask: (tick16: number) => void) {
    this.replica = replica
    this.layout = layout
    this.report = report
    this.ask = ask
    this.row = new Int32Array(layout.maxColumns)
  }

  expect(tick16: number, hash: number): void {
    this.expected = { tick16, hash }
  }

  /** Call it before a snapshot that was read is applied. */
  before({ tick }: SnapshotHeader): void {
    if (this.askedTick !== tick) return
    this.believed = new Map()
    for (const held of this.replica.entities.values()) {
      this.replica.rowAt(held, tick, this.row)
      this.believed.set(held.slot, { id: held.id, row: this.row.slice() })
    }
  }

  /** Call it once that snapshot was applied. */
  after({ tick }: SnapshotHeader): void {
    if (this.believed !== null) this.explain(this.believed, tick)
    else if (this.askedTick !== null) this.askedTick = tick
    const { expected } = this
    if (expected === null || expected.tick16 !== (tick & 0xffff)) return
    this.expected = null
    if (this.askedTick !== null || this.hash(tick) === expected.hash) return
    this.mismatches++
    this.askedTick = tick
    this.ask(expected.tick16)
  }

  private hash(tick: number): number {
    let hash = 0
    for (const held of this.inOrder()) {
      this.replica.rowAt(held, tick, this.row)
      hash = mixEntity(hash, held.id, held.kind, this.row)
    }
    return hash
  }

  private explain(believed: ReadonlyMap<number, Believed>, tick: number): void {
    this.believed = null
    this.askedTick = null
    // One is enough to look into; the stats count the others.
    if (this.mismatches > 1) return
    const what = this.difference(believed, tick) ?? 'it held something that is not there any more'
    this.report(`verify: this client's state was not the server's: ${what} (tick ${tick}, in steps of the wire)`)
  }

  /** The first field of which something else was believed. */
  private difference(believed: ReadonlyMap<number, Believed>, tick: number): string | null {
    for (const held of this.inOrder()) {
      const { kind, id, slot } = held
      const before = believed.get(slot)
      if (before?.id !== id) return `it did not hold ${kind.name} ${id}`
      this.replica.rowAt(held, tick, this.row)
      for (const [i, { name, blob }] of kind.columns.entries()) {
        const [here, there] = [before.row[i]!, this.row[i]!]
        if (blob < 0 && here !== there) return `${name} of ${kind.name} ${id} was ${here} here, and is ${there} there`
      }
    }
    return null
  }

  private inOrder(): HeldEntity[] {
    return [...this.replica.entities.values()].toSorted((a, b) => a.slot - b.slot)
  }
}
