import { DecodeError, LIMITS } from '@tickwire/protocol'
import { BitWriter, ReliableStream, writeMessage, writeServerMessage } from '@tickwire/protocol/internal'
import type { LatestMessage, ServerItem, ServerMessage } from '@tickwire/protocol/internal'
import type { SendResult } from '../transport/transport.ts'

type ReliableMessage = Extract<ServerMessage, { type: 'reliable' }>

/** Where finished packets go. The bytes are the outbox's own and change after the call. */
export type SendPacket = (packet: Uint8Array) => SendResult

/** Everything that may wait for one packet, encoded one behind the other; with it the bounds of each message. */
interface Encoded {
  readonly id: number
  readonly body: Uint8Array
}

// One pair for the whole process: packets are built and sent within one call.
const bodies = new BitWriter(4096, 1 << 24)
const packet = new BitWriter(4096, LIMITS.maxServerMessageBytes)
const probe = new BitWriter(1024, LIMITS.maxServerMessageBytes)

/** Id, flag and the longest length: what a message costs besides its body. */
const MESSAGE_HEAD_BYTES = 5

/**
 * What waits to be sent to one client, and what it has not acknowledged yet. Per packet, in this order: answers to this very
 * connection, reliable items, an ack that is owed, `latest` messages, the snapshot.
 */
export class Outbox {
  private readonly stream: ReliableStream<ServerItem>
  /** Welcome, pongs, farewells: of one connection, worthless on the next. */
  private answers: ServerMessage[] = []
  private unsent: ReliableMessage[] = []
  private readonly latest = new Map<string, LatestMessage>()
  private idle = true
  private numbered = 0
  private sent = 0
  private acked = 0

  constructor(reliableBufferBytes: number) {
    this.stream = new ReliableStream(reliableBufferBytes)
  }

  /** The newest item of the client that was received. */
  get receivedSeq(): number {
    return this.stream.receivedSeq
  }

  /** The newest item that the client is known to hold. */
  get ackedSeq(): number {
    return this.acked
  }

  /** Nothing waits at all, not even an ack. One look, because most packets carry a snapshot and nothing else. */
  get isIdle(): boolean {
    return this.idle
  }

  /** Something waits that is worth a packet of its own; an ack is not. */
  get hasPending(): boolean {
    return !this.idle && (this.answers.length > 0 || this.unsent.length > 0 || this.latest.size > 0)
  }

  get owesAck(): boolean {
    return this.stream.owesAck
  }

  answer(message: ServerMessage): void {
    this.answers.push(message)
    this.idle = false
  }

  /**
   * Numbers a reliable item and keeps it until it is acknowledged.
   * @returns its number, or null when the buffer is full and nothing was queued
   * @throws RangeError when the item cannot be encoded
   */
  push(item: ServerItem): number | null {
    probe.reset()
    // Encoded here once for its size, and so that a faulty item fails at its author and not in a later flush.
    writeServerMessage(probe, { type: 'reliable', seq: 0, item })
    const seq = this.stream.push(item, probe.byteLength)
    if (seq === null) return null
    this.numbered = seq
    this.unsent.push({ type: 'reliable', seq, item })
    this.idle = false
    return seq
  }

  /** Queues a message that replaces one of the same channel and name. */
  pushLatest(message: LatestMessage): void {
    this.latest.set(`${message.channel}:${message.message}`, message)
    this.idle = false
  }

  /** See `ReliableStream.accept`. */
  accept(seq: number): boolean {
    this.idle = false
    return this.stream.accept(seq)
  }

  /** The client holds everything up to `seq`; throws DecodeError when that was never sent. */
  acknowledge(seq: number): void {
    this.checkSent(seq)
    this.stream.acknowledge(seq)
    this.acked = Math.max(this.acked, seq)
  }

  /**
   * A new connection, and the client has everything up to `seq`: the rest goes out again, first.
   * @throws DecodeError when that was never sent; nothing has changed then
   */
  replayFrom(seq: number): void {
    this.checkSent(seq)
    this.answers = []
    this.unsent = this.stream.replay(seq).map((kept) => ({ type: 'reliable', seq: kept.seq, item: kept.item }))
    this.acked = Math.max(this.acked, seq)
    this.idle = false
  }

  /**
   * The client has forgotten all numbers, and takes the next one for the first: empties the stream and returns what was
   * not acknowledged.
   */
  startOver(): readonly ServerItem[] {
    const items = this.stream.replay(this.acked).map(({ item }) => item)
    this.stream.acknowledge(this.numbered)
    this.sent = this.numbered
    this.acked = this.numbered
    this.answers = []
    this.unsent = []
    return items
  }

  /**
   * Sends all that waits and then the snapshot, in one packet unless that breaks a limit.
   * @param keepLatest `latest` messages stay here, where newer ones can replace them
   * @returns the worst result of its packets
   */
  flush(snapshot: Uint8Array | null, send: SendPacket, keepLatest: boolean): SendResult {
    const messages = this.idle ? [] : this.takeAll(keepLatest)
    if (messages.length > 0) return sendInPackets(messages, snapshot, send)
    if (snapshot !== null) return send(snapshot)
    return this.hasPending ? 'queued' : 'sent'
  }

  private checkSent(seq: number): void {
    if (seq <= this.sent) return
    throw new DecodeError('unexpected', {
      what: 'reliable ack',
      expected: `at most ${this.sent}`,
      got: `${seq}`,
      offset: 0,
    })
  }

  private takeAll(keepLatest: boolean): Encoded[] {
    const taken: ServerMessage[] = [...this.answers, ...this.unsent]
    if (this.stream.owesAck) taken.push({ type: 'reliableAck', seq: this.stream.takeAck() })
    if (!keepLatest) {
      taken.push(...this.latest.values())
      this.latest.clear()
    }
    this.sent = this.unsent.at(-1)?.seq ?? this.sent
    this.answers = []
    this.unsent = []
    this.idle = this.latest.size === 0
    return encodeAll(taken)
  }
}

function encodeAll(messages: readonly ServerMessage[]): Encoded[] {
  bodies.reset()
  const bounds = messages.map((message) => {
    const start = bodies.byteLength
    const id = writeServerMessage(bodies, message)
    bodies.align()
    return { id, start, end: bodies.byteLength }
  })
  // Views only now: while it was being written the buffer may have been replaced by a larger one.
  const bytes = bodies.view()
  return bounds.map(({ id, start, end }) => ({ id, body: bytes.subarray(start, end) }))
}

function sendInPackets(messages: readonly Encoded[], snapshot: Uint8Array | null, send: SendPacket): SendResult {
  let result: SendResult = 'sent'
  let group: Encoded[] = []
  let bytes = 0
  for (const message of messages) {
    const size = message.body.length + MESSAGE_HEAD_BYTES
    if (!hasRoom(group, bytes + size)) {
      result = worse(result, send(packed(group, null)))
      group = []
      bytes = 0
    }
    group.push(message)
    bytes += size
  }
  if (snapshot === null || hasRoom(group, bytes + snapshot.length)) return worse(result, send(packed(group, snapshot)))
  result = worse(result, send(packed(group, null)))
  return worse(result, send(snapshot))
}

function hasRoom(group: readonly Encoded[], bytes: number): boolean {
  return group.length === 0 || (group.length < LIMITS.maxMessagesPerPacket && bytes <= LIMITS.maxServerMessageBytes)
}

/** @param snapshot a message as it stands at the end of a packet, or null */
function packed(messages: readonly Encoded[], snapshot: Uint8Array | null): Uint8Array {
  packet.reset()
  const last = snapshot === null ? messages.length - 1 : -1
  for (const [i, { id, body }] of messages.entries()) writeMessage(packet, id, body, i === last)
  if (snapshot !== null) packet.bytes(snapshot)
  return packet.view()
}

const SEVERITY: readonly SendResult[] = ['sent', 'queued', 'closed']

function worse(a: SendResult, b: SendResult): SendResult {
  return SEVERITY.indexOf(a) > SEVERITY.indexOf(b) ? a : b
}
