/** Section 2 of docs/protocol.md: one packet, cut into its messages. */
import { BitSink, BitSource, malformed, Refused } from './bits.ts'
import { MESSAGES } from './messages.ts'
import type { End } from './messages.ts'
import { bits, bool, varuint } from './parts.ts'

export interface RawMessage {
  readonly name: string
  readonly body: Uint8Array
}

/** The numbers of `protocol/src/limits.ts` for packets. */
export const PACKET_BOUNDS = { maxMessagesPerPacket: 64, client: 16_384, server: 1_048_576 } as const

const [id, length] = [bits(7), varuint(7)]

export function readPacket(end: End, packet: Uint8Array): RawMessage[] {
  if (packet.length > PACKET_BOUNDS[end]) malformed(`a packet of ${packet.length} bytes`)
  if (packet.length === 0) throw new Refused('truncated', 'an empty packet')
  const from = new BitSource(packet)
  const names = Object.keys(MESSAGES[end])
  const messages: RawMessage[] = []
  for (let isLast = false; !isLast;) {
    const name = names[id.read(from) - 1] ?? malformed('an unknown message')
    isLast = !bool.read(from)
    messages.push({ name, body: isLast ? from.rest() : from.take(length.read(from)) })
    if (messages.length > PACKET_BOUNDS.maxMessagesPerPacket) malformed('too many messages')
  }
  return messages
}

export function writePacket(end: End, messages: readonly RawMessage[]): Uint8Array {
  const to = new BitSink()
  const names = Object.keys(MESSAGES[end])
  for (const [i, { name, body }] of messages.entries()) {
    const isLast = i === messages.length - 1
    id.write(to, names.indexOf(name) + 1)
    bool.write(to, !isLast)
    if (!isLast) length.write(to, body.length)
    to.put(body)
  }
  return to.toBytes()
}
