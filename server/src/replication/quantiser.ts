import { decodeBlob, defaultValue, PLAYER_KIND, rangeOf, ROOM_KIND } from '@tickwire/protocol/internal'
import { toInts, valueOf } from '@tickwire/protocol/internal'
import type { FieldLayout, KindLayout, OnFieldClamp, Packer } from '@tickwire/protocol/internal'
import { quantiseOf } from './compiled/quantise.ts'
import type { QuantiseKind } from './compiled/quantise.ts'
import { roundOf } from './compiled/round.ts'
import type { RoundKind } from './compiled/round.ts'
import type { EntityRecord } from './entity-table.ts'

/** Told of values that game code should not have written. */
export interface FaultReports {
  /** A value that no field can hold (NaN, a wrong word, a list too long): an exception of game code. */
  readonly reportError: (error: RangeError) => void
  /** A value beyond its field's range, once per kind and field. */
  readonly warn: (text: string) => void
}

/** The newest flat row of an entity, to heal from; false if it has none yet. */
export type LastRow = (record: EntityRecord, row: Int32Array) => boolean

/**
 * Turns entities into rows. Values outside their range are clamped and counted; one that means nothing is an error of game
 * code: it is reported, and the field goes back to its last good value, or one NaN would eat the world.
 */
export class Quantiser {
  clamped = 0
  private readonly roomId: string
  private readonly packer: Packer
  private readonly reports: FaultReports
  private readonly warned: Set<string> = new Set()
  private readonly faults: Map<string, number> = new Map()
  private current: EntityRecord | null = null
  private readonly scratch: Int32Array
  /** By kind, from its first entity on. */
  private readonly quantisers: QuantiseKind[] = []
  private readonly rounders: RoundKind[] = []

  constructor(roomId: string, packer: Packer, maxColumns: number, reports: FaultReports) {
    this.roomId = roomId
    this.packer = packer
    this.reports = reports
    this.scratch = new Int32Array(maxColumns)
  }

  /** Fills the flat row of an entity, owner and jumps included. */
  quantise(record: EntityRecord, row: Int32Array, lastRow: LastRow): void {
    const { kind } = record
    const compiled = (this.quantisers[kind.index] ??= quantiseOf(kind))
    this.current = record
    try {
      compiled(record.fields, row, this.revise, this.onClamp)
    } catch {
      this.heal(record, lastRow)
      compiled(record.fields, row, this.revise, this.onClamp)
    }
    row[kind.ownerColumn] = record.head.owner === null ? 0 : record.head.owner + 1
    row[kind.ownerColumn + 1] = record.jumps
  }

  /** Rounds an entity of a predicted kind to what both ends simulate with. */
  round(record: EntityRecord, lastRow: LastRow): void {
    const compiled = (this.rounders[record.kind.index] ??= roundOf(record.kind))
    this.current = record
    try {
      compiled(record.fields, this.onClamp)
    } catch {
      this.heal(record, lastRow)
      compiled(record.fields, this.onClamp)
    }
  }

  private readonly revise = (layout: FieldLayout, value: unknown): number =>
    this.current!.blobs.revise(layout, value, this.packer)

  private readonly onClamp: OnFieldClamp = (field, value) => {
    this.clamped++
    const { kind, id } = this.current!
    const name = `${kind.name}.${field}`
    if (this.warned.has(name)) return
    this.warned.add(name)
    this.reports.warn(`room "${this.roomId}": ${whose(kind.name, id)}${field} is ${value}, ${beyond(kind, field)}`)
  }

  /** Puts back each field that cannot be quantised. */
  private heal(record: EntityRecord, lastRow: LastRow): void {
    const hasRow = lastRow(record, this.scratch)
    for (const layout of record.kind.fields) {
      const fault = this.faultOf(record, layout)
      if (fault === null) continue
      record.fields[layout.name] = hasRow ? this.lastValue(record, layout) : defaultValue(layout.spec)
      this.report(record, layout.name, fault)
    }
  }

  /** A step that makes NaN makes it again in every tick: the first is told, then every second, fourth, eighth ... */
  private report({ kind, id }: EntityRecord, field: string, fault: string): void {
    const count = (this.faults.get(`${kind.name}.${field}`) ?? 0) + 1
    this.faults.set(`${kind.name}.${field}`, count)
    if ((count & (count - 1)) !== 0) return
    const times = count === 1 ? '' : ` (${count} times)`
    const text = `room "${this.roomId}", ${whose(kind.name, id)}${fault}; the field keeps its last good value${times}`
    this.reports.reportError(new RangeError(text))
  }

  private faultOf(record: EntityRecord, layout: FieldLayout): string | null {
    const value = record.fields[layout.name]
    try {
      if (layout.blobColumn >= 0) record.blobs.revise(layout, value, this.packer)
      else if (layout.column >= 0) toInts(layout.spec, value, PARTS, 0, layout.fineBits)
      return null
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      return text.startsWith(`${layout.name}:`) ? text : `${layout.name}: ${text}`
    }
  }

  private lastValue(record: EntityRecord, layout: FieldLayout): unknown {
    if (layout.blobColumn < 0) return valueOf(layout, this.scratch, true)
    if (this.scratch[layout.blobColumn] === 0) return defaultValue(layout.spec)
    return decodeBlob(layout.name, layout.declared, record.blobs.bytes(layout.blob), this.packer)
  }
}

function beyond(kind: KindLayout, field: string): string {
  const layout = kind.fields.find(({ name }) => name === field)
  const range = layout === undefined ? '' : ` (${rangeOf(layout.spec)})`
  return `beyond its range${range}; it is clamped, here and wherever it happens again`
}

function whose(kind: string, id: number): string {
  if (kind === ROOM_KIND) return 'room.state.'
  return kind === PLAYER_KIND ? 'player.state.' : `${kind} ${id}: `
}

const PARTS = new Int32Array(4)
