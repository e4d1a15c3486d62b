/** Section 5 of docs/protocol.md: fields one behind the other, as they stand in messages, events, joins and replies. */
import { Unpackr } from 'msgpackr'
import type { Field, FieldMap } from '../../../protocol/src/schema/field.ts'
import type { Audience, FieldSpec } from '../../../protocol/src/schema/spec.ts'
import { BitSink, BitSource, malformed } from './bits.ts'
import { columnsOf, floatOf, modulo, patternOf, whole } from './columns.ts'
import { sized, text, toText, uintMax } from './parts.ts'
import type { Part } from './parts.ts'

export type Values = Record<string, unknown>
export type AnyField = Field<unknown, Audience>

/** `maxPayloadBytes` of `protocol/src/limits.ts`: lists have no bound in bytes of their own. */
const MAX_LIST_BYTES = 8192

/** Fields by name, in the order of the schema. */
export function valuesOf(fields: FieldMap): Part<Values> {
  const parts = Object.entries(fields).map(([name, declared]) => [name, fieldOf(declared)] as const)
  return {
    read: (from) => Object.fromEntries(parts.map(([name, part]) => [name, part.read(from)])),
    write: (to, values) => {
      for (const [name, part] of parts) part.write(to, values[name])
    },
  }
}

/** The fields in a payload, which holds nothing else. */
export function readPayload(fields: FieldMap, payload: Uint8Array): Values {
  const from = new BitSource(payload)
  const values = valuesOf(fields).read(from)
  from.expectEnd()
  return values
}

export function writePayload(fields: FieldMap, values: Values): Uint8Array {
  const to = new BitSink()
  valuesOf(fields).write(to, values)
  return to.toBytes()
}

/** One field; a `packed` one holds what its validator accepts. */
function fieldOf({ spec, validator }: AnyField): Part<unknown> {
  if (spec.kind !== 'packed') return valueOf(spec)
  const bytes = sized(spec.maxBytes)
  return {
    read: (from) => accepted(unpack(bytes.read(from)), validator),
    write: () => malformed('no client of the corpus sends packed values'),
  }
}

function accepted(value: unknown, validator: AnyField['validator']): unknown {
  const result = validator?.['~standard'].validate(value)
  if (result === undefined || result instanceof Promise || result.issues !== undefined) {
    return malformed('a packed value that its validator does not accept')
  }
  return result.value
}

const unpackr = new Unpackr({ useRecords: false })

function unpack(bytes: Uint8Array): unknown {
  try {
    return unpackr.unpack(bytes)
  } catch {
    return malformed('not msgpack')
  }
}

function valueOf(spec: FieldSpec): Part<unknown> {
  if (spec.kind === 'text') return text(spec.maxBytes)
  if (spec.kind === 'bytes') return sized(spec.maxBytes)
  if (spec.kind === 'list') return listOf(spec.of, spec.maxItems)
  const columns = columnsOf(spec.kind, spec).map(whole)
  return {
    read: (from) => {
      const integers = columns.map((part) => part.read(from))
      return toValue(spec, integers)
    },
    write: (to, value) => {
      for (const [i, integer] of toIntegers(spec, value).entries()) columns[i]!.write(to, integer)
    },
  }
}

function listOf(of: FieldSpec, maxItems: number): Part<unknown[]> {
  const [count, item] = [uintMax(maxItems), valueOf(of)]
  return {
    read: (from) => Array.from({ length: count.read(from) }, () => item.read(from)),
    write: (to, items) => {
      count.write(to, items.length)
      for (const one of items) item.write(to, one)
    },
  }
}

/** What some integers stand for. */
function toValue(spec: FieldSpec, integers: readonly number[]): unknown {
  const [first = 0] = integers
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return first === 1
    case 'fixed':
      return first * spec.precision
    case 'vec2':
    case 'vec3':
      return named(integers.map((one) => one * spec.precision))
    case 'angle':
      return ((first < 2 ** (spec.bits - 1) ? first : first - 2 ** spec.bits) * 2 * Math.PI) / 2 ** spec.bits
    case 'f32':
      return floatOf(first)
    case 'quaternion':
      return toQuaternion(spec.bits, integers)
    case 'oneOf':
      return spec.values[first]
    case 'seat':
    case 'entity':
      return first === 0 ? null : first - 1
    default:
      return first
  }
}

/** The integers of a value. No client of the corpus sends a quaternion. */
export function toIntegers(spec: FieldSpec, value: unknown): number[] {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return [value === true ? 1 : 0]
    case 'fixed':
      return [Math.round(Number(value) / spec.precision)]
    case 'vec2':
    case 'vec3':
      return Object.values(value as Record<string, number>).map((one) => Math.round(one / spec.precision))
    case 'angle':
      return [modulo(Math.round((Number(value) / (2 * Math.PI)) * 2 ** spec.bits), 2 ** spec.bits)]
    case 'f32':
      return [patternOf(Number(value))]
    case 'oneOf':
      return [spec.values.indexOf(String(value))]
    case 'seat':
    case 'entity':
      return [value === null ? 0 : modulo(Number(value) + 1, 2 ** 32)]
    default:
      return [Number(value)]
  }
}

function named(parts: readonly number[]): Record<string, number> {
  return Object.fromEntries(parts.map((part, i) => ['xyzw'[i]!, part]))
}

/** The one left out makes the length 1; of three that are too long for that only the direction counts. */
function toQuaternion(width: number, [largest = 0, ...others]: readonly number[]): unknown {
  const most = 2 ** (width - 1) - 1
  const length = others.reduce((sum, one) => sum + one * one, 0)
  const scale = Math.sqrt(Math.max(2 * most * most, length))
  const parts = others.map((one) => one / scale)
  parts.splice(largest, 0, Math.sqrt(Math.max(0, 2 * most * most - length)) / scale)
  return named(parts)
}

/** The value in the bytes of a column of variable length: without a length of its own, and a list ends at a byte. */
export function fromBlob({ spec, validator }: AnyField, blob: Uint8Array): unknown {
  switch (spec.kind) {
    case 'text':
      return toText(blob)
    case 'list': {
      const from = new BitSource(blob)
      const items = blob.length === 0 ? [] : listOf(spec.of, spec.maxItems).read(from)
      from.expectEnd()
      return items
    }
    case 'packed':
      return blob.length === 0 ? null : accepted(unpack(blob), validator)
    default:
      return blob
  }
}

export function maxBlobBytes({ spec }: AnyField): number {
  return spec.kind === 'text' || spec.kind === 'bytes' || spec.kind === 'packed' ? spec.maxBytes : MAX_LIST_BYTES
}
