import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { widen16 } from '../bits/width.ts'
import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { FieldMap } from '../schema/field.ts'
import { readChannel, writeChannel } from './parts.ts'
import { readValues } from './values.ts'
import type { EncodedValues, Packer } from './values.ts'

/**
 * What one client is told at one tick.
 *
 *     | channel | follows: 1, or seq: 16 | tick: 16 | flags | slack: 16 if known | starved: 8 if any |   then to the next byte
 *     | body: track "all"                                                                           |   then to the next byte
 *     | tracks "owner", "revealed" | spawn keys | events             |
 *
 * The body may be the same bytes for many clients; all that is one client's own stands in the header and behind it. A sparse body
 * is one client's own, and what is before and behind it fills no bytes.
 */
export interface SnapshotHeader {
  readonly channel: number
  /** Counts the snapshots of one seat, from 1; what acks name. */
  readonly seq: number
  readonly tick: number
  /** Visible changes were left out for want of budget. */
  readonly isPartial: boolean
  /** The public track is a sparse one: it tells of few entities, over long ways. */
  readonly isSparse: boolean
  /**
   * The least time, in ticks, by which an input came before its tick since the last header; negative: it came late; null:
   * none came.
   */
  readonly slackTicks: number | null
  /** Ticks since the last header that had no input of this player, at most 255. */
  readonly starvedTicks: number
}

/** What a snapshot says besides, where snapshots may be lost or come late. */
export interface LooseHead {
  /** How many snapshots ago the one was that this one leads on from; 0: it leads on from nothing. */
  readonly back: number
  /** The number of the first event that it tells, of those of this seat; the others follow one by one. */
  readonly firstEvent: number
}

const BACK_BITS = 4
const SLACK_STEPS = 256
const SLACK_MAX = 0x7fff / SLACK_STEPS
const STARVED_MAX = 0xff

/**
 * @param loose null: the snapshot leads on from the one before
 * @param follows its reader has the one before, one interval ago: so it knows seq and tick
 */
export function writeSnapshotHeader(
  writer: BitWriter,
  header: SnapshotHeader,
  loose: LooseHead | null = null,
  follows: boolean = false,
): void {
  writeChannel(writer, header.channel)
  if (loose !== null) {
    writer.varuint(loose.back, BACK_BITS)
    writer.bits(loose.firstEvent & 0xffff, 16)
  }
  writer.bool(follows)
  if (!follows) {
    writer.bits(header.seq & 0xffff, 16)
    writer.bits(header.tick & 0xffff, 16)
  }
  const isSpecial = header.isPartial || header.isSparse
  writer.bool(isSpecial)
  if (isSpecial) {
    writer.bool(header.isPartial)
    writer.bool(header.isSparse)
  }
  writer.bool(header.slackTicks !== null)
  writer.bool(header.starvedTicks > 0)
  if (header.slackTicks !== null) {
    const clamped = Math.max(-SLACK_MAX, Math.min(SLACK_MAX, header.slackTicks))
    writer.bits(Math.round(clamped * SLACK_STEPS) & 0xffff, 16)
  }
  if (header.starvedTicks > 0) writer.bits(Math.min(STARVED_MAX, header.starvedTicks), 8)
  if (!header.isSparse) writer.align()
}

/** Reads what stands between the channel and the header; the number of the event is its low 16 bits. */
export function readLooseHead(reader: BitReader): LooseHead {
  const back = reader.varuint(LIMITS.maxSnapshotsInFlight, 'snapshots back', BACK_BITS)
  return { back, firstEvent: reader.bits(16, 'number of the first event') }
}

/** What the reader last received of this seat: its wrapped numbers are widened against it. */
export interface SnapshotReference {
  readonly seq: number
  readonly tick: number
}

/**
 * Reads the header behind the channel, which the message's own reader has taken already.
 * @param ticksPerSnapshot 0: none follows another, as where they may be lost
 */
export function readSnapshotHeader(
  reader: BitReader,
  channel: number,
  last: SnapshotReference,
  ticksPerSnapshot: number,
): SnapshotHeader {
  const follows = reader.bool('following snapshot')
  if (follows && ticksPerSnapshot === 0) throw followsNone(reader)
  const seq = follows ? last.seq + 1 : widen16(last.seq, reader.bits(16, 'snapshot seq'))
  const tick = follows ? last.tick + ticksPerSnapshot : widen16(last.tick, reader.bits(16, 'snapshot tick'))
  const isSpecial = reader.bool('partial or sparse')
  const isPartial = isSpecial && reader.bool('partial')
  const isSparse = isSpecial && reader.bool('sparse')
  const hasSlack = reader.bool('slack flag')
  const hasStarved = reader.bool('starved flag')
  const slackTicks = hasSlack ? ((reader.bits(16, 'slack') << 16) >> 16) / SLACK_STEPS : null
  const starvedTicks = hasStarved ? reader.bits(8, 'starved ticks') : 0
  if (!isSparse) reader.align('header padding')
  return { channel, seq, tick, isPartial, isSparse, slackTicks, starvedTicks }
}

function followsNone(reader: BitReader): DecodeError {
  const expected = 'one with a number'
  return new DecodeError('unexpected', {
    what: 'snapshot',
    expected,
    got: 'one that follows',
    offset: reader.bitOffset,
  })
}

/** Reads the channel that both ends need before they know the room. */
export const readSnapshotChannel: (reader: BitReader) => number = readChannel

/**
 * Names a thing that both ends made by running the same tick: the n-th of its kind by one seat in that tick. By it a
 * predicted spawn becomes the server's, and a predicted event is not heard twice.
 */
export interface PredictionKey {
  readonly tick: number
  readonly n: number
}

/** Tells the owner which of its predicted spawns an entity is. */
export interface SpawnKey extends PredictionKey {
  readonly slot: number
}

const AGE_BITS = 4
const N_BITS = 2
const MAX_N = 0xffff
const MAX_SLOT = LIMITS.maxEntitySlots - 1

function writeKey(writer: BitWriter, key: PredictionKey, snapshotTick: number): void {
  writer.varuint(snapshotTick - key.tick, AGE_BITS)
  writer.varuint(key.n, N_BITS)
}
function readKey(reader: BitReader, snapshotTick: number): PredictionKey {
  const tick = snapshotTick - reader.varuint(snapshotTick, 'age of a prediction key', AGE_BITS)
  return { tick, n: reader.varuint(MAX_N, 'number of a prediction key', N_BITS) }
}

/** Nothing is one bit: most snapshots have neither. */
function writeCount(writer: BitWriter, count: number): void {
  writer.bool(count > 0)
  if (count > 0) writer.varuint(count - 1, N_BITS)
}
function readCount(reader: BitReader, most: number, what: string): number {
  const start = reader.bitOffset
  const count = reader.bool(what) ? 1 + reader.varuint(LIMITS.maxEntitySlots, what, N_BITS) : 0
  if (count <= most) return count
  throw new DecodeError('out-of-range', { what, expected: `at most ${most}`, got: `${count}`, offset: start })
}

export function writeSpawnKeys(writer: BitWriter, keys: readonly SpawnKey[], snapshotTick: number): void {
  writeCount(writer, keys.length)
  for (const key of keys) {
    writer.uintMax(key.slot, MAX_SLOT)
    writeKey(writer, key, snapshotTick)
  }
}
export function readSpawnKeys(reader: BitReader, snapshotTick: number): SpawnKey[] {
  const keys: SpawnKey[] = []
  for (let left = readCount(reader, LIMITS.maxEntitySlots, 'spawn keys'); left > 0; left--) {
    const slot = reader.uintMax(MAX_SLOT, 'slot of a spawn key')
    keys.push({ slot, ...readKey(reader, snapshotTick) })
  }
  return keys
}

/** A one-off thing of one tick, as it travels to one client. */
export interface EventFrame {
  /** Index in the schema's events. */
  readonly event: number
  readonly tick: number
  /** Which of the receiver's own predicted events it is, or null. */
  readonly n: number | null
  readonly payload: Readonly<Record<string, unknown>>
}

/** The same as it is sent: its values are encoded once, however many clients are told of it. */
export interface EncodedEvent extends Omit<EventFrame, 'payload'> {
  readonly payload: EncodedValues
}

/** The fields of each event, by index. */
export type EventFields = readonly FieldMap[]

/** @param kinds how many events the schema declares */
export function writeEvents(
  writer: BitWriter,
  events: readonly EncodedEvent[],
  snapshotTick: number,
  kinds: number,
): void {
  writeCount(writer, events.length)
  for (const { event, tick, n, payload } of events) {
    writer.uintMax(event, kinds - 1)
    writer.bool(n !== null)
    if (n === null) writer.varuint(snapshotTick - tick, AGE_BITS)
    else writeKey(writer, { tick, n }, snapshotTick)
    writer.copyBits(payload.bytes, 0, payload.bitLength)
  }
}

export function readEvents(reader: BitReader, snapshotTick: number, fields: EventFields, packer: Packer): EventFrame[] {
  const events: EventFrame[] = []
  const most = fields.length === 0 ? 0 : LIMITS.maxEventsPerSnapshot
  for (let left = readCount(reader, most, 'events'); left > 0; left--) {
    const event = reader.uintMax(fields.length - 1, 'event index')
    const isKeyed = reader.bool('event key flag')
    const key = isKeyed ? readKey(reader, snapshotTick) : null
    const tick = key?.tick ?? snapshotTick - reader.varuint(snapshotTick, 'event age', AGE_BITS)
    events.push({ event, tick, n: key?.n ?? null, payload: readValues(reader, fields[event]!, packer) })
  }
  return events
}
