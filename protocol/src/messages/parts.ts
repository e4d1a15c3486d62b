import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'

/** Pieces that several messages share; each write stands beside its read. */

/** Channel 0 is the link's own (lobby, parties, requests); a room has a channel of its own while the seat is held. */
export const LINK_CHANNEL = 0
const MAX_CHANNEL = 0xffff
const CHANNEL_BITS = 3

export function writeChannel(writer: BitWriter, channel: number): void {
  writer.varuint(channel, CHANNEL_BITS)
}
export function readChannel(reader: BitReader): number {
  return reader.varuint(MAX_CHANNEL, 'channel', CHANNEL_BITS)
}

/** Sequence numbers and request ids: u32, explicit, from 1. */
const SEQ_BITS = 7

export function writeSeq(writer: BitWriter, seq: number): void {
  writer.varuint(seq, SEQ_BITS)
}
export function readSeq(reader: BitReader): number {
  return reader.varuint(0xffff_ffff, 'sequence number', SEQ_BITS)
}

/** Tells a restored room from the one that it was restored from. */
export function writeEpoch(writer: BitWriter, epoch: number): void {
  writer.bits(epoch, 32)
}
export function readEpoch(reader: BitReader): number {
  return reader.bits(32, 'room epoch')
}

const LENGTH_BITS = 7

export function writeBytes(writer: BitWriter, bytes: Uint8Array): void {
  writer.varuint(bytes.length, LENGTH_BITS)
  writer.bytes(bytes)
}
/** The length is the peer's: it is held against `maxBytes` before anything is copied. */
export function readBytes(reader: BitReader, maxBytes: number, what: string): Uint8Array {
  return reader.bytes(reader.varuint(maxBytes, `${what} length`, LENGTH_BITS), what)
}
