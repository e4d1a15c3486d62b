/** Section 6 of docs/protocol.md: the inputs of a client. */
import type { FieldMap } from '../../../protocol/src/schema/field.ts'
import { malformed } from './bits.ts'
import type { BitSink, BitSource } from './bits.ts'
import { columnsOf, whole } from './columns.ts'
import type { Column } from './columns.ts'
import { bits, bool, uintMax } from './parts.ts'
import { widened } from './snapshot.ts'

export interface Input {
  readonly tick: number
  /** The integers of its fields. */
  readonly columns: readonly number[]
  /** The tick at which others were drawn, in 1/16; -1: nothing was drawn yet. */
  readonly viewStamp: number
}

export interface Inputs {
  readonly ackedSnapshot16: number
  readonly inputs: readonly Input[]
}

const MAX_INPUTS = 32
const NOTHING_DRAWN = 0x3fff
const [u16, count, lag] = [bits(16), uintMax(MAX_INPUTS), bits(14)]

/** Reads what follows the channel. Ticks are widened against the server's. */
export function readInputs(from: BitSource, fields: FieldMap, serverTick: number): Inputs {
  const columns = inputColumns(fields)
  const ackedSnapshot16 = u16.read(from)
  const newest = widened(u16.read(from), serverTick)
  const length = count.read(from)
  if (length === 0 || newest < length - 1) malformed('no inputs, or some from before the first tick')
  const inputs: Input[] = []
  let row = columns.map(({ neutral }) => neutral)
  let behind = NOTHING_DRAWN
  for (let i = 0; i < length; i++) {
    row = readRow(from, columns, row)
    if (i === 0 || !bool.read(from)) behind = lag.read(from)
    const tick = newest - (length - 1 - i)
    if (behind > tick * 16) behind = NOTHING_DRAWN
    inputs.push({ tick, columns: row, viewStamp: behind === NOTHING_DRAWN ? -1 : tick * 16 - behind })
  }
  from.expectEnd()
  return { ackedSnapshot16, inputs }
}

export function writeInputs(to: BitSink, fields: FieldMap, { ackedSnapshot16, inputs }: Inputs): void {
  const columns = inputColumns(fields)
  u16.write(to, ackedSnapshot16)
  u16.write(to, (inputs.at(-1)?.tick ?? 0) % 65_536)
  count.write(to, inputs.length)
  let row: readonly number[] = columns.map(({ neutral }) => neutral)
  let before: number | null = null
  for (const { tick, columns: next, viewStamp } of inputs) {
    writeRow(to, columns, next, row)
    const behind = viewStamp === -1 ? NOTHING_DRAWN : tick * 16 - viewStamp
    if (before !== null) bool.write(to, behind === before)
    if (behind !== before) lag.write(to, behind)
    row = next
    before = behind
  }
}

function inputColumns(fields: FieldMap): Column[] {
  return Object.entries(fields).flatMap(([name, { spec }]) => columnsOf(name, spec))
}

function readRow(from: BitSource, columns: readonly Column[], before: readonly number[]): number[] {
  if (!bool.read(from)) return [...before]
  return columns.map((of, i) => (bool.read(from) ? whole(of).read(from) : before[i]!))
}

function writeRow(to: BitSink, columns: readonly Column[], row: readonly number[], before: readonly number[]): void {
  const isSame = row.every((value, i) => value === before[i])
  bool.write(to, !isSame)
  if (isSame) return
  for (const [i, of] of columns.entries()) {
    bool.write(to, row[i] !== before[i])
    if (row[i] !== before[i]) whole(of).write(to, row[i]!)
  }
}
