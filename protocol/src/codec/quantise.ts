import { fromInts, naming, toInts } from './scalars.ts'
import type { OnClamp } from './scalars.ts'
import type { FieldLayout, KindLayout } from './layout.ts'

/** Fields by name; the only view of an entity that the codec has. */
export type Fields = Record<string, unknown>

/** Gives the revision of a blob field: a number that changes exactly when its bytes do, 0 while it is the default. */
export type ReviseBlob = (layout: FieldLayout, value: unknown) => number

/** Told of a value outside its field's range. */
export type OnFieldClamp = (field: string, value: number) => void

const MAX_PARTS = 4
const parts = new Int32Array(MAX_PARTS)

/** Turns an entity into its flat row: all tracks, without the columns of owner and jumps, which are not fields. */
export function quantise(
  kind: KindLayout,
  entity: Fields,
  row: Int32Array,
  revise: ReviseBlob,
  onClamp: OnFieldClamp,
): void {
  for (const layout of kind.fields) quantiseField(layout, entity[layout.name], row, revise, onClamp)
}

/** One field of `quantise`. */
export function quantiseField(
  layout: FieldLayout,
  value: unknown,
  row: Int32Array,
  revise: ReviseBlob,
  onClamp: OnFieldClamp,
): void {
  if (layout.blobColumn >= 0) row[layout.blobColumn] = revise(layout, value)
  else if (layout.lowColumn >= 0) splitFine(layout, value, row, (v) => onClamp(layout.name, v))
  else if (layout.column >= 0) convert(layout, value, row, layout.column, (v) => onClamp(layout.name, v))
}

function convert(layout: FieldLayout, value: unknown, row: Int32Array, at: number, onClamp: OnClamp): void {
  try {
    toInts(layout.spec, value, row, at, layout.fineBits, onClamp)
  } catch (error) {
    throw naming(layout.name, error)
  }
}

/** The wire's step nearest to the value goes to everybody, what is left of it to the owner. */
function splitFine(layout: FieldLayout, value: unknown, row: Int32Array, onClamp: OnClamp): void {
  const { fineBits, spec } = layout
  convert(layout, value, parts, 0, onClamp)
  const half = 1 << (fineBits - 1)
  for (let part = 0; part < layout.parts; part++) {
    const fine = parts[part]!
    const wire = (fine + half) >> fineBits
    row[layout.lowColumn + part] = fine - (wire << fineBits)
    row[layout.column + part] = spec.kind === 'angle' ? wire & ((1 << spec.bits) - 1) : wire
  }
}

/** Rounds an entity to the precision at which it is simulated. Both ends do this after every tick. */
export function roundToSimulation(kind: KindLayout, entity: Fields, onClamp: OnFieldClamp): void {
  for (const layout of kind.fields) roundField(layout, entity, onClamp)
}

/** One field of `roundToSimulation`. */
export function roundField(layout: FieldLayout, entity: Fields, onClamp: OnFieldClamp): void {
  if (layout.parts === 0 && layout.column < 0) return
  convert(layout, entity[layout.name], parts, 0, (value) => onClamp(layout.name, value))
  entity[layout.name] = fromInts(layout.spec, parts, 0, layout.fineBits)
}

/** One field of a flat row. */
export function valueOf(layout: FieldLayout, row: Int32Array, hasOwnerTrack: boolean): unknown {
  if (layout.lowColumn < 0) {
    return fromInts(layout.spec, row, layout.column, layout.audience === 'owner' ? layout.fineBits : 0)
  }
  if (!hasOwnerTrack) return fromInts(layout.spec, row, layout.column)
  for (let part = 0; part < layout.parts; part++) {
    parts[part] = joinFine(layout, row[layout.column + part]!, row[layout.lowColumn + part]!)
  }
  return fromInts(layout.spec, parts, 0, layout.fineBits)
}

function joinFine({ spec, fineBits }: FieldLayout, wire: number, low: number): number {
  const fine = (wire << fineBits) + low
  return spec.kind === 'angle' ? fine & ((1 << (spec.bits + fineBits)) - 1) : fine
}
