import { ByteMeter } from '../connection/byte-meter.ts'

/** One line of the table of bytes. */
export interface FieldRate {
  readonly kind: string
  readonly field: string
  readonly bytesPerSecond: number
}

export interface KindRate {
  readonly kind: string
  readonly bytesPerSecond: number
  readonly recordsPerSecond: number
  readonly fields: readonly FieldRate[]
}

interface FieldMeter {
  readonly kind: string
  readonly field: string
  readonly meter: ByteMeter
}

/** Bytes of the last second, by the kind of message and by the field. */
export class Traffic {
  private readonly messages: { readonly sent: Map<string, ByteMeter>; readonly received: Map<string, ByteMeter> } = {
    sent: new Map(),
    received: new Map(),
  }
  private readonly fields: Map<string, FieldMeter> = new Map()
  private readonly records: Map<string, ByteMeter> = new Map()

  addMessage(direction: 'sent' | 'received', name: string, bytes: number, nowMs: number): void {
    meterOf(this.messages[direction], name).add(bytes, nowMs)
  }

  addBits(kind: string, field: string, bits: number, nowMs: number): void {
    const key = `${kind} ${field}`
    let found = this.fields.get(key)
    if (found === undefined) this.fields.set(key, (found = { kind, field, meter: new ByteMeter() }))
    found.meter.add(bits / 8, nowMs)
  }

  addRecords(counts: ReadonlyMap<string, number>, nowMs: number): void {
    for (const [kind, count] of counts) meterOf(this.records, kind).add(count, nowMs)
  }

  /** Bytes per second of each kind of message that there was so far. */
  messageRates(direction: 'sent' | 'received', nowMs: number): Map<string, number> {
    const rates = new Map<string, number>()
    for (const [name, meter] of this.messages[direction]) rates.set(name, meter.perSecond(nowMs))
    return rates
  }

  /** The table, most expensive first; what cost nothing for a second is not in it. */
  kindRates(nowMs: number): KindRate[] {
    const byKind = new Map<string, FieldRate[]>()
    for (const { kind, field, meter } of this.fields.values()) {
      const bytesPerSecond = meter.perSecond(nowMs)
      if (bytesPerSecond === 0) continue
      const fields = byKind.get(kind) ?? []
      fields.push({ kind, field, bytesPerSecond })
      byKind.set(kind, fields)
    }
    return [...byKind].map(([kind, fields]) => this.kindRate(kind, fields, nowMs)).toSorted(byCost)
  }

  private kindRate(kind: string, fields: FieldRate[], nowMs: number): KindRate {
    const bytesPerSecond = fields.reduce((sum, field) => sum + field.bytesPerSecond, 0)
    const recordsPerSecond = this.records.get(kind)?.perSecond(nowMs) ?? 0
    return { kind, bytesPerSecond, recordsPerSecond, fields: fields.toSorted(byCost) }
  }
}

interface Costing {
  readonly bytesPerSecond: number
}
const byCost = (a: Costing, b: Costing): number => b.bytesPerSecond - a.bytesPerSecond

function meterOf(meters: Map<string, ByteMeter>, name: string): ByteMeter {
  let meter = meters.get(name)
  if (meter === undefined) meters.set(name, (meter = new ByteMeter()))
  return meter
}
