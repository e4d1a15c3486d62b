import type { GameLayout } from '@tickwire/protocol/internal'
import { quantise } from '@tickwire/protocol/internal'
import type { BenchWorld } from '../worlds/bench-world.ts'
import type { Body } from '../worlds/flying.ts'
import type { LightClient } from './light-client.ts'

/** What one client holds at its newest snapshot: the public columns of each entity, by id. */
export interface DecodedView {
  readonly seat: number
  readonly tick: number
  /** Something of it was put off: it need not be what is true. */
  readonly isPartial: boolean
  readonly rows: readonly (readonly [id: number, ...columns: number[]])[]
}

export function viewOfClient({ seat, last, replica, layout }: LightClient): DecodedView {
  const row = new Int32Array(layout.maxColumns)
  const rows: [number, ...number[]][] = []
  for (const entity of replica.entities.values()) {
    if (!isOfWorld(layout, entity.kind.name)) continue
    replica.rowAt(entity, last.tick, row)
    rows.push([entity.id, ...row.subarray(0, entity.kind.columns.length)])
  }
  return { seat, tick: last.tick, isPartial: last.isPartial, rows }
}

const isOfWorld = (layout: GameLayout, kind: string): boolean => kind in layout.schema.entities

export interface LivingBody extends Body {
  readonly id: number
  readonly kind: string
}
interface Stood {
  readonly x: number
  readonly y: number
  readonly columns: readonly number[]
}

/** An area is left later than it is entered. */
const LEAVE_FACTOR = 1.15
/** Half a step of a position: views are judged by the quantised ones. */
const STEP = 1 / 16
const KEPT_TICKS = 60

/** What was true in the newest ticks, to hold against what clients decoded. */
export class Truth {
  private readonly layout: GameLayout
  private readonly world: BenchWorld
  /** Recording costs more than most servers: not while anything is measured. */
  isRecording = false
  private readonly ticks: Map<number, ReadonlyMap<number, Stood>> = new Map()

  constructor(layout: GameLayout, world: BenchWorld) {
    this.layout = layout
    this.world = world
  }

  record(tick: number, bodies: Iterable<LivingBody>): void {
    if (!this.isRecording) return
    const stood = new Map<number, Stood>()
    for (const body of bodies) stood.set(body.id, { x: body.x, y: body.y, columns: this.columnsOf(body) })
    this.ticks.set(tick, stood)
    this.ticks.delete(tick - KEPT_TICKS)
  }

  /**
   * Entities that a client lacks, shows wrongly, or should not have heard of; null: that cannot be said now, because some news
   * of them is still to come [SNP7], or because what was true then is not known any more.
   */
  faultsOf({ seat, tick, isPartial, rows }: DecodedView): number | null {
    const stood = this.ticks.get(tick)
    if (stood === undefined || isPartial) return null
    const view = this.world.viewOf(seat, tick)
    const shown = new Map(rows.map(([id, ...columns]) => [id, columns]))
    let faults = 0
    for (const [id, { x, y, columns }] of stood) {
      const distance = view === null ? 0 : Math.hypot(x - view.x, y - view.y)
      const held = shown.get(id)
      const isDue = view === null || distance <= view.radius - STEP
      const isAllowed = view === null || distance <= view.radius * LEAVE_FACTOR + STEP
      if (held === undefined ? isDue : !isAllowed || columns.some((value, i) => value !== held[i])) faults++
      shown.delete(id)
    }
    return faults + shown.size
  }

  private columnsOf(body: LivingBody): number[] {
    const kind = this.layout.kindByName.get(body.kind)!
    const row = new Int32Array(kind.columns.length)
    quantise(
      kind,
      body,
      row,
      () => 0,
      () => undefined,
    )
    return [...row]
  }
}
