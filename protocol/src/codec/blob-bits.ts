import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import type { Column } from './layout.ts'

/** The bytes of a field of variable length: how many, then themselves. */

const LENGTH_BITS = 7

export function writeBlob(writer: BitWriter, bytes: Uint8Array): void {
  writer.varuint(bytes.length, LENGTH_BITS)
  writer.bytes(bytes)
}

export function readBlob(reader: BitReader, column: Column): Uint8Array {
  // The length is the peer's: it is held against the field's own limit before a copy is made.
  return reader.bytes(reader.varuint(column.blobMaxBytes, column.name, LENGTH_BITS), column.name)
}
