import { BitReader } from '../bits/reader.ts'
import type { BitWriter } from '../bits/writer.ts'
import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'

/**
 * A packet is what one WebSocket message carries: one or more messages, each of whole bytes.
 *
 *     | id: 7 bits, more: 1 bit | length: varuint, only if more | the message |  ...
 *
 * The last message has no length: it ends with the packet. So the commonest packet, one message alone, pays one byte.
 */
const LENGTH_GROUP_BITS = 7
const MAX_ID = 0x7f

/** Begins the last message of a packet: what follows up to the packet's end is its body. */
export function writeLastHead(packet: BitWriter, id: number): void {
  packet.uintMax(id, MAX_ID)
  packet.bool(false)
}

/** Appends a message to a packet. */
export function writeMessage(packet: BitWriter, id: number, body: Uint8Array, isLast: boolean): void {
  if (isLast) {
    writeLastHead(packet, id)
  } else {
    packet.uintMax(id, MAX_ID)
    packet.bool(true)
    packet.varuint(body.length, LENGTH_GROUP_BITS)
  }
  packet.bytes(body)
}

/**
 * Sets `reader` to the message of a packet that holds one, as nearly all do.
 * @returns its id, or -1 when the packet holds several or nothing: then it is for `readPacket`
 */
export function readSoleMessage(bytes: Uint8Array, reader: BitReader): number {
  const id = bytes[0]
  if (id === undefined || id > MAX_ID) return -1
  reader.reset(bytes, 8)
  return id
}

/** Calls `onMessage` for each message with a reader that ends where the message does. */
export function readPacket(bytes: Uint8Array, onMessage: (id: number, reader: BitReader) => void): void {
  const head = new BitReader(bytes)
  for (let count = 0, more = true; more; count++) {
    if (count === LIMITS.maxMessagesPerPacket) throw tooMany(head.bitOffset)
    const id = head.uintMax(MAX_ID, 'message id')
    more = head.bool('message length flag')
    const bits = more
      ? 8 * head.varuint(LIMITS.maxServerMessageBytes, 'message length', LENGTH_GROUP_BITS)
      : head.bitsLeft
    const start = head.bitOffset
    head.skipBits(bits, 'message')
    onMessage(id, new BitReader(bytes, start, start + bits))
  }
}

function tooMany(offset: number): DecodeError {
  const expected = `at most ${LIMITS.maxMessagesPerPacket}`
  return new DecodeError('limit', { what: 'messages in a packet', expected, got: 'more', offset })
}
