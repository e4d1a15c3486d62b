import { BitReader } from '../bits/reader.ts'
import { BitWriter } from '../bits/writer.ts'
import { decodeUtf8, encodeUtf8 } from '../bits/utf8.ts'
import { readScalar, writeScalar } from '../codec/scalar-bits.ts'
import { fromInts, naming, scalarsOf, toInts } from '../codec/scalars.ts'
import { ConfigError, DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { Field, FieldMap } from '../schema/field.ts'
import type { Audience, FieldSpec, StandardSchema } from '../schema/spec.ts'

/** Free-form values to bytes and back: msgpackr, handed in by the ends, so that this package needs nothing. */
export interface Packer {
  encode(value: unknown): Uint8Array
  decode(bytes: Uint8Array): unknown
}

/** For games without packed fields. */
export const NO_PACKER: Packer = {
  encode: () => {
    throw new ConfigError('field.packed', 'a packer', 'none')
  },
  decode: () => {
    throw new ConfigError('field.packed', 'a packer', 'none')
  },
}

type AnyField = Field<unknown, Audience>
const ints = new Int32Array(4)
const LENGTH_BITS = 7

const refuseClamp = (spec: FieldSpec) => (value: number) => {
  throw new RangeError(`expected ${rangeOf(spec)}, got ${value}`)
}

/** What a number field holds, in words. */
export function rangeOf(spec: FieldSpec): string {
  if ('precision' in spec) return `${spec.min} to below ${spec.max}`
  if ('max' in spec) return `${'min' in spec ? spec.min : 0} to ${spec.max}`
  if (spec.kind === 'tick') return '0 to 4294967295'
  if (spec.kind === 'seat') return `0 to ${LIMITS.maxSeatsPerRoom - 1}`
  return spec.kind === 'entity' ? 'an id' : 'a finite number'
}

/**
 * Writes the fields of a message, event, join or reply one behind the other.
 * @param at names the whole in front of a field at fault: `'chat.'`
 * @throws RangeError naming a field whose value does not fit; that is the caller's mistake, so nothing is clamped
 */
export function writeValues(writer: BitWriter, fields: FieldMap, values: object, packer: Packer, at = ''): void {
  for (const [name, declared] of Object.entries(fields)) {
    writeValue(writer, at + name, declared, (values as Record<string, unknown>)[name], packer)
  }
}

/** Values as their bits, to be written into many messages. */
export interface EncodedValues {
  readonly bytes: Uint8Array
  /** How many of them are the values'; the last byte is filled up with zeros. */
  readonly bitLength: number
}

/** The bits that `writeValues` writes; throws as it does. */
export function encodeValues(fields: FieldMap, values: object, packer: Packer, at = ''): EncodedValues {
  const writer = new BitWriter(16, LIMITS.maxPayloadBytes)
  writeValues(writer, fields, values, packer, at)
  return { bytes: writer.toBytes(), bitLength: writer.bitLength }
}

export function readValues(reader: BitReader, fields: FieldMap, packer: Packer): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, declared] of Object.entries(fields)) values[name] = readValue(reader, name, declared, packer)
  return values
}

function writeValue(writer: BitWriter, name: string, declared: AnyField, value: unknown, packer: Packer): void {
  const { spec } = declared
  switch (spec.kind) {
    case 'text':
    case 'bytes':
    case 'packed': {
      const bytes = bytesOf(name, declared, value, packer)
      writer.varuint(bytes.length, LENGTH_BITS)
      writer.bytes(bytes)
      return
    }
    case 'list': {
      const items = listItems(name, spec.maxItems, value)
      writer.uintMax(items.length, spec.maxItems)
      for (const item of items) writeValue(writer, name, asField(spec.of), item, packer)
      return
    }
    default:
      writeColumns(writer, name, spec, value)
  }
}

function writeColumns(writer: BitWriter, name: string, spec: FieldSpec, value: unknown): void {
  try {
    toInts(spec, value, ints, 0, 0, refuseClamp(spec))
  } catch (error) {
    throw naming(name, error)
  }
  const scalars = scalarsOf(spec)
  for (let i = 0; i < scalars.length; i++) writeScalar(writer, scalars[i]!, ints[i]!)
}

function readValue(reader: BitReader, name: string, { spec, validator }: AnyField, packer: Packer): unknown {
  switch (spec.kind) {
    case 'text':
    case 'bytes':
    case 'packed': {
      const start = reader.bitOffset
      const bytes = reader.bytes(reader.varuint(spec.maxBytes, name, LENGTH_BITS), name)
      if (spec.kind === 'bytes') return bytes
      if (spec.kind === 'text') return decodeUtf8(bytes, 0, bytes.length, name, start)
      return unpack(name, validator, bytes, packer, start)
    }
    case 'list': {
      // The count is bounded by the schema before the list is made.
      const count = reader.uintMax(spec.maxItems, name)
      return Array.from({ length: count }, () => readValue(reader, name, asField(spec.of), packer))
    }
    default: {
      const scalars = scalarsOf(spec)
      for (let i = 0; i < scalars.length; i++) ints[i] = readScalar(reader, scalars[i]!, name)
      return fromInts(spec, ints, 0)
    }
  }
}

const asField = (spec: FieldSpec): AnyField => ({ spec, audience: 'all', to: () => asField(spec) }) as AnyField

/** The content of a text, bytes or packed field, no longer than the reader will accept. */
function bytesOf(name: string, declared: AnyField, value: unknown, packer: Packer): Uint8Array {
  const { spec } = declared
  const bytes =
    spec.kind === 'packed' ? packer.encode(validated(name, declared.validator, value)) : rawBytes(name, spec, value)
  const max = 'maxBytes' in spec ? spec.maxBytes : 0
  if (bytes.length > max) throw new RangeError(`${name}: expected at most ${max} bytes, got ${bytes.length}`)
  return bytes
}

function rawBytes(name: string, spec: FieldSpec, value: unknown): Uint8Array {
  if (spec.kind === 'text' && typeof value === 'string') return encodeUtf8(value)
  if (spec.kind === 'bytes' && value instanceof Uint8Array) return value
  throw new RangeError(`${name}: expected ${spec.kind === 'text' ? 'a string' : 'a Uint8Array'}, got ${typeof value}`)
}

function listItems(name: string, maxItems: number, value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length > maxItems) {
    throw new RangeError(`${name}: expected an array of at most ${maxItems} items`)
  }
  return value as readonly unknown[]
}

function validated(name: string, schema: StandardSchema | undefined, value: unknown): unknown {
  const result = schema?.['~standard'].validate(value)
  if (result === undefined || result instanceof Promise) throw new ConfigError(name, 'a synchronous validator', result)
  if (result.issues !== undefined)
    throw new RangeError(`${name}: ${result.issues.map((issue) => issue.message).join('; ')}`)
  return result.value
}

function unpack(
  name: string,
  schema: StandardSchema | undefined,
  bytes: Uint8Array,
  packer: Packer,
  offset: number,
): unknown {
  try {
    return validated(name, schema, packer.decode(bytes))
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const got = error instanceof Error ? error.message : String(error)
    throw new DecodeError('malformed', { what: name, expected: 'a value that its validator accepts', got, offset })
  }
}

const blobWriter = new BitWriter(256)

/**
 * The bytes of one variable-length field in an entity's row.
 * @throws RangeError naming the field when the value does not fit it
 */
export function encodeBlob(name: string, declared: AnyField, value: unknown, packer: Packer): Uint8Array {
  blobWriter.reset()
  if (declared.spec.kind === 'list') writeValue(blobWriter, name, declared, value, packer)
  else blobWriter.bytes(bytesOf(name, declared, value, packer))
  return blobWriter.toBytes()
}

export function decodeBlob(name: string, declared: AnyField, bytes: Uint8Array, packer: Packer): unknown {
  const { spec, validator } = declared
  if (spec.kind === 'bytes') return bytes
  if (spec.kind === 'text') return decodeUtf8(bytes, 0, bytes.length, name)
  if (spec.kind === 'packed') return unpack(name, validator, bytes, packer, 0)
  const reader = new BitReader(bytes)
  const value = readValue(reader, name, declared, packer)
  reader.expectEnd()
  return value
}
