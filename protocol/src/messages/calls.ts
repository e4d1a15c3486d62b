import type { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { LIMITS } from '../limits.ts'
import { ITEM } from './ids.ts'
import { readBytes, readChannel, readSeq, writeBytes, writeChannel, writeSeq } from './parts.ts'

/** Messages and requests: the reliable items that either end may send. */
export type CallItem =
  | { readonly type: 'message'; readonly channel: number; readonly message: number; readonly payload: Uint8Array }
  | {
      readonly type: 'request'
      readonly channel: number
      readonly id: number
      readonly request: number
      readonly payload: Uint8Array
    }
  | { readonly type: 'reply'; readonly channel: number; readonly id: number; readonly payload: Uint8Array }
  | {
      readonly type: 'refusal'
      readonly channel: number
      readonly id: number
      readonly code: string
      readonly text: string
    }
  | { readonly type: 'cancel'; readonly channel: number; readonly id: number }

/** Writes what follows the item's head. */
export function writeCall(writer: BitWriter, item: CallItem): void {
  if (item.type === 'message') {
    writer.varuint(item.message)
    writeBytes(writer, item.payload)
    return
  }
  writeSeq(writer, item.id)
  if (item.type === 'request') writer.varuint(item.request)
  if (item.type === 'request' || item.type === 'reply') writeBytes(writer, item.payload)
  if (item.type === 'refusal') {
    writer.text(item.code, LIMITS.maxNameBytes)
    writer.text(item.text, LIMITS.maxTextBytes)
  }
}

/** Reads a call, or null if the number is not one of a call. */
export function readCall(reader: BitReader, id: number, channel: number): CallItem | null {
  switch (id) {
    case ITEM.message:
      return { type: 'message', channel, message: readIndex(reader), payload: readPayload(reader) }
    case ITEM.request:
      return { type: 'request', channel, id: readSeq(reader), request: readIndex(reader), payload: readPayload(reader) }
    case ITEM.reply:
      return { type: 'reply', channel, id: readSeq(reader), payload: readPayload(reader) }
    case ITEM.refusal:
      return { type: 'refusal', channel, id: readSeq(reader), code: readCode(reader), text: readText(reader) }
    case ITEM.cancel:
      return { type: 'cancel', channel, id: readSeq(reader) }
    default:
      return null
  }
}

const MAX_INDEX = 0xffff
const readIndex = (reader: BitReader): number => reader.varuint(MAX_INDEX, 'index in the schema')
const readPayload = (reader: BitReader): Uint8Array => readBytes(reader, LIMITS.maxPayloadBytes, 'payload')
const readCode = (reader: BitReader): string => reader.text(LIMITS.maxNameBytes, 'refusal code')
const readText = (reader: BitReader): string => reader.text(LIMITS.maxTextBytes, 'refusal text')

/** The newest value of a kind, which replaces any that was not sent yet. */
export interface LatestMessage {
  readonly type: 'latest'
  readonly channel: number
  readonly message: number
  readonly payload: Uint8Array
}
export function writeLatest(writer: BitWriter, { channel, message, payload }: LatestMessage): void {
  writeChannel(writer, channel)
  writer.varuint(message)
  writeBytes(writer, payload)
}
export function readLatest(reader: BitReader): LatestMessage {
  return { type: 'latest', channel: readChannel(reader), message: readIndex(reader), payload: readPayload(reader) }
}
