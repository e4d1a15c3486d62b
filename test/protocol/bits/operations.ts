/** Random sequences of writes with the reads that mirror them: what the property tests of the bit layer are made of. */
import * as fc from 'fast-check'
import type { BitReader } from '../../../protocol/src/bits/reader.ts'
import { bitWidth } from '../../../protocol/src/bits/width.ts'
import type { BitWriter } from '../../../protocol/src/bits/writer.ts'

/** One write, the read that mirrors it, and what that read must return. */
export interface Operation {
  readonly label: string
  readonly expected: unknown
  readonly write: (writer: BitWriter) => void
  readonly read: (reader: BitReader) => unknown
}

const U32_MAX = 0xffff_ffff
const u32 = fc.oneof(
  fc.integer({ min: 0, max: U32_MAX }),
  fc.nat(40),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, U32_MAX),
)
const int32 = fc.oneof(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), fc.integer({ min: -20, max: 20 }))

const bits = fc.tuple(fc.integer({ min: 0, max: 32 }), u32).map(([count, seed]): Operation => {
  const value = count === 0 ? 0 : seed >>> (32 - count)
  return {
    label: `bits(${value}, ${count})`,
    expected: value,
    write: (writer) => writer.bits(value, count),
    read: (reader) => reader.bits(count, 'bits'),
  }
})

const bool = fc.boolean().map((value): Operation => ({
  label: `bool(${value})`,
  expected: value,
  write: (writer) => writer.bool(value),
  read: (reader) => reader.bool('bool'),
}))

const uintMax = fc.tuple(u32, u32).map(([one, other]): Operation => {
  const value = Math.min(one, other)
  const max = Math.max(one, other)
  return {
    label: `uintMax(${value}, ${max})`,
    expected: value,
    write: (writer) => writer.uintMax(value, max),
    read: (reader) => reader.uintMax(max, 'uint'),
  }
})

const int = fc.tuple(int32, int32, int32).map((three): Operation => {
  const [min, value, max] = three.toSorted((a, b) => a - b) as [number, number, number]
  return {
    label: `int(${value}, ${min}, ${max})`,
    expected: value,
    write: (writer) => writer.int(value, min, max),
    read: (reader) => reader.int(min, max, 'int'),
  }
})

const varuint = fc.tuple(u32, fc.integer({ min: 1, max: 31 })).map(([value, group]): Operation => ({
  label: `varuint(${value}, ${group})`,
  expected: value,
  write: (writer) => writer.varuint(value, group),
  read: (reader) => reader.varuint(U32_MAX, 'varuint', group),
}))

const varint = fc.tuple(int32, fc.integer({ min: 1, max: 31 })).map(([value, group]): Operation => ({
  label: `varint(${value}, ${group})`,
  expected: value,
  write: (writer) => writer.varint(value, group),
  read: (reader) => reader.varint(-0x8000_0000, 0x7fff_ffff, 'varint', group),
}))

const f32 = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value): Operation => ({
  label: `f32(${value})`,
  expected: value,
  write: (writer) => writer.f32(value),
  read: (reader) => reader.f32('f32'),
}))

const f64 = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): Operation => ({
  label: `f64(${value})`,
  expected: value,
  write: (writer) => writer.f64(value),
  read: (reader) => reader.f64('f64'),
}))

const align = fc.constant<Operation>({
  label: 'align()',
  expected: undefined,
  write: (writer) => writer.align(),
  read: (reader) => reader.align(),
})

const bytes = fc.uint8Array({ maxLength: 20 }).map((value): Operation => ({
  label: `bytes(${value.join()})`,
  expected: value,
  write: (writer) => writer.bytes(value),
  read: (reader) => reader.bytes(value.length, 'bytes'),
}))

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value): Operation => ({
  label: `text(${JSON.stringify(value)})`,
  expected: value,
  write: (writer) => writer.text(value, 48),
  read: (reader) => reader.text(48, 'text'),
}))

/** A range of somebody else's bits, read back one by one. */
const copyBits = fc
  .uint8Array({ minLength: 1, maxLength: 24 })
  .chain((source) => fc.tuple(fc.constant(source), fc.nat(source.length * 8), fc.nat(source.length * 8)))
  .map(([source, one, other]): Operation => {
    const from = Math.min(one, other)
    const length = Math.max(one, other) - from
    return {
      label: `copyBits([${source.join()}], ${from}, ${length})`,
      expected: toBits(source).slice(from, from + length),
      write: (writer) => writer.copyBits(source, from, length),
      read: (reader) => Array.from({ length }, () => reader.bits(1, 'copied bit')),
    }
  })

/** Any sequence of up to 30 writes; a failure prints the calls. */
export const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc
    .oneof(bits, bool, uintMax, int, varuint, varint, f32, f64, align, bytes, text, copyBits)
    .map((operation) => Object.assign(operation, { [fc.toStringMethod]: () => operation.label })),
  { maxLength: 30 },
)

/** Bytes as single bits, in the order of the wire. */
export function toBits(source: Uint8Array): number[] {
  return Array.from(source).flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >>> bit) & 1))
}

/** Single bits as bytes, the last one filled up with zeros. */
export function fromBits(list: readonly number[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(list.length / 8))
  for (const [at, bit] of list.entries()) packed[at >>> 3]! |= bit << (at & 7)
  return packed
}

/** The bits of a number as the wire orders them: an oracle that shares nothing with the writer. */
export function numberToBits(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, bit) => Math.floor(value / 2 ** bit) % 2)
}

/** The bits of `varuint`, from its definition. */
export function varuintToBits(value: number, groupBits: number): number[] {
  const more = Math.ceil(bitWidth(value) / groupBits) > 1 ? 1 : 0
  const group = numberToBits(value, groupBits)
  const rest = Math.floor(value / 2 ** groupBits)
  return [...group, more, ...(more === 1 ? varuintToBits(rest, groupBits) : [])]
}
