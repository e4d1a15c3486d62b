import {
  BitWriter,
  CLIENT_MESSAGE,
  readClientMessage,
  readPacket,
  readServerMessage,
  SERVER_MESSAGE,
  writeClientMessage,
  writeMessage,
  writeServerMessage,
} from '@tickwire/protocol/internal'
import type { BitReader, ClientMessage, ServerMessage } from '@tickwire/protocol/internal'

/** What stands where a secret was. */
const NO_SECRET = new Uint8Array(16)
const MAX_PACKET_BYTES = 4 * 1024 * 1024

interface Body {
  readonly id: number
  readonly bytes: Uint8Array
}

/**
 * A copy of a packet that may leave the page: traces are shown to others, and tickets, resume tokens, passwords and
 * reservations are not for them. Messages of a game are copied as they are.
 */
export function withoutSecrets(packet: Uint8Array, isSent: boolean): Uint8Array {
  const bodies: Body[] = []
  let hasSecrets = false
  try {
    readPacket(packet, (id, bits) => {
      const body = isSent ? clientBody(id, bits) : serverBody(id, bits)
      hasSecrets ||= body !== null
      bodies.push({ id, bytes: body ?? bits.bytes(bits.bitsLeft / 8, 'message') })
    })
  } catch {
    // Broken ones are what a trace is looked at for; an end that keeps to the protocol sends none.
    return packet.slice()
  }
  return hasSecrets ? packetOf(bodies) : packet.slice()
}

function packetOf(bodies: readonly Body[]): Uint8Array {
  const writer = new BitWriter(1024, MAX_PACKET_BYTES)
  for (const [i, { id, bytes }] of bodies.entries()) writeMessage(writer, id, bytes, i === bodies.length - 1)
  return writer.toBytes()
}

/** The body without its secrets; null: it has none, and was not read. */
function clientBody(id: number, bits: BitReader): Uint8Array | null {
  if (id !== CLIENT_MESSAGE.hello && id !== CLIENT_MESSAGE.reliable) return null
  const message = readClientMessage(id, bits)
  const clean = clientMessage(message)
  const writer = new BitWriter(1024, MAX_PACKET_BYTES)
  writeClientMessage(writer, clean)
  return writer.toBytes()
}

function clientMessage(message: ClientMessage): ClientMessage {
  if (message.type === 'hello') return { ...message, ticket: '', linkId: NO_SECRET, token: NO_SECRET }
  if (message.type !== 'reliable' || message.item.type !== 'join') return message
  const { item } = message
  return { ...message, item: { ...item, reservation: '', wish: { ...item.wish, password: '' } } }
}

function serverBody(id: number, bits: BitReader): Uint8Array | null {
  if (id !== SERVER_MESSAGE.welcome && id !== SERVER_MESSAGE.reliable) return null
  const writer = new BitWriter(1024, MAX_PACKET_BYTES)
  writeServerMessage(writer, serverMessage(readServerMessage(id, bits)))
  return writer.toBytes()
}

function serverMessage(message: ServerMessage): ServerMessage {
  if (message.type === 'welcome') return { ...message, linkId: NO_SECRET, token: NO_SECRET }
  if (message.type !== 'reliable' || message.item.type !== 'redirect') return message
  return { ...message, item: { ...message.item, reservation: '' } }
}
