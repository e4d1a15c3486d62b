import { beforeEach, describe, expect, it } from 'vitest'
import { DecodeError, LIMITS } from '@tickwire/protocol'
import { readPacket, readServerMessage } from '@tickwire/protocol/internal'
import type { ServerItem, ServerMessage } from '@tickwire/protocol/internal'
import { Outbox } from '../../../server/src/link/outbox.ts'
import { contentOf, snapshotBody } from '../helpers.ts'

let outbox: Outbox
let packets: ServerMessage[][]

const send = (packet: Uint8Array): 'sent' => {
  const messages: ServerMessage[] = []
  readPacket(packet.slice(), (id, reader) => messages.push(readServerMessage(id, reader)))
  packets.push(messages)
  return 'sent'
}
const flush = (snapshot: Uint8Array | null = null, keepLatest = false) => outbox.flush(snapshot, send, keepLatest)
const typesOf = (messages: ServerMessage[] | undefined): string[] => (messages ?? []).map(({ type }) => type)
const chat = (payload = 0, length = 1): ServerItem => ({
  type: 'message',
  channel: 1,
  message: 0,
  payload: new Uint8Array(length).fill(payload),
})
const seqs = (): number[] => packets.flat().flatMap((message) => (message.type === 'reliable' ? [message.seq] : []))

beforeEach(() => {
  outbox = new Outbox(1000)
  packets = []
})

describe('a packet', () => {
  it('holds answers, reliable items, the ack, latest messages and the snapshot, in this order', () => {
    outbox.accept(1)
    outbox.pushLatest({ type: 'latest', channel: 1, message: 3, payload: Uint8Array.of(9) })
    outbox.push(chat())
    outbox.answer({ type: 'pong', id: 7, channel: 0, tick: 0, holdMs: 0 })
    expect(flush(snapshotBody(1, 1234))).toBe('sent')
    expect(packets.map(typesOf)).toEqual([['pong', 'reliable', 'reliableAck', 'latest', 'snapshot']])
    const snapshot = packets[0]!.at(-1)!
    expect(snapshot.type === 'snapshot' && [snapshot.channel, contentOf(snapshot.bits)]).toEqual([1, 1234])
  })

  it('is the snapshot alone when nothing else waits', () => {
    flush(snapshotBody(1, 5))
    expect(packets.map(typesOf)).toEqual([['snapshot']])
  })

  it('is not sent when nothing waits', () => {
    expect(flush()).toBe('sent')
    expect(packets).toEqual([])
  })

  it('[PKT2] has at most 64 messages; the snapshot is last in the last one', () => {
    for (let i = 0; i < 130; i++) outbox.push(chat(i))
    flush(snapshotBody(1, 5))
    expect(packets.map((messages) => messages.length)).toEqual([64, 64, 3])
    expect(typesOf(packets[2])).toEqual(['reliable', 'reliable', 'snapshot'])
    expect(seqs()).toEqual(Array.from({ length: 130 }, (_, i) => i + 1))
  })

  it('[PKT5] is never larger than a client takes: a large snapshot goes in one of its own', () => {
    outbox = new Outbox(300_000)
    for (let i = 0; i < 30; i++) outbox.push(chat(i, 8000))
    const snapshot = new Uint8Array(LIMITS.maxServerMessageBytes - 100_000)
    snapshot.set(snapshotBody(1, 5))
    flush(snapshot)
    expect(packets.map(typesOf).map((types) => types.at(-1))).toEqual(['reliable', 'snapshot'])
  })

  it('reports the worst of its results', () => {
    for (let i = 0; i < 100; i++) outbox.push(chat(i))
    const results = ['queued', 'sent'] as const
    let i = 0
    expect(outbox.flush(null, () => results[i++]!, false)).toBe('queued')
  })
})

describe('reliable items', () => {
  it('[REL1] are numbered 1, 2, 3 and sent once', () => {
    outbox.push(chat())
    outbox.push(chat())
    flush()
    outbox.push(chat())
    flush()
    flush(snapshotBody(1, 1))
    expect(seqs()).toEqual([1, 2, 3])
  })

  it('[REL3] are refused, not dropped, when the buffer is full; acks make room', () => {
    while (outbox.push(chat(0, 90)) !== null);
    flush()
    expect(seqs()).toHaveLength(10)
    outbox.acknowledge(5)
    expect(outbox.push(chat(0, 90))).toBe(11)
  })

  it('[REL4] go out again after a resume, before anything new, from where the client stopped', () => {
    for (let i = 0; i < 4; i++) outbox.push(chat(i))
    flush()
    packets = []
    outbox.push(chat(4))
    outbox.replayFrom(2)
    outbox.answer({ type: 'pong', id: 7, channel: 0, tick: 0, holdMs: 0 })
    outbox.push(chat(5))
    flush()
    expect(typesOf(packets[0])[0]).toBe('pong')
    expect(seqs()).toEqual([3, 4, 5, 6])
  })

  it('[REL2] may not be acknowledged before they were sent, even if they are numbered', () => {
    outbox.push(chat())
    expect(() => outbox.acknowledge(1)).toThrow(DecodeError)
    expect(() => outbox.replayFrom(1)).toThrow(DecodeError)
    flush()
    outbox.acknowledge(1)
    expect(outbox.ackedSeq).toBe(1)
  })

  it('start over for a reloaded page: what it missed is returned, numbers go on', () => {
    for (let i = 0; i < 3; i++) outbox.push(chat(i))
    flush()
    outbox.acknowledge(1)
    outbox.push(chat(3))
    const missed = outbox.startOver()
    expect(missed.map((item) => item.type === 'message' && item.payload[0])).toEqual([1, 2, 3])
    packets = []
    outbox.push(chat(9))
    flush()
    expect(seqs()).toEqual([5])
  })

  it('that cannot be encoded fail at their author, and number nothing', () => {
    const bad: ServerItem = { type: 'left', channel: 1, reason: 'x'.repeat(1000) }
    expect(() => outbox.push(bad)).toThrow(RangeError)
    expect(outbox.push(chat())).toBe(1)
  })
})

describe('acks', () => {
  it('ride on the next packet, once, and are worth none of their own', () => {
    outbox.accept(1)
    expect(outbox.owesAck).toBe(true)
    expect(outbox.hasPending).toBe(false)
    flush(snapshotBody(1, 1))
    flush(snapshotBody(1, 2))
    expect(packets.map(typesOf)).toEqual([['reliableAck', 'snapshot'], ['snapshot']])
  })
})

describe('latest messages', () => {
  const latest = (message: number, value: number, channel = 1) =>
    outbox.pushLatest({ type: 'latest', channel, message, payload: Uint8Array.of(value) })
  const values = (): number[] =>
    packets.flat().flatMap((message) => (message.type === 'latest' ? [message.payload[0]!] : []))

  it('[REL5] replace what waits under the same name', () => {
    latest(1, 10)
    latest(2, 20)
    latest(1, 11)
    flush()
    expect(values()).toEqual([11, 20])
  })

  it('[REL5] stay while the connection is congested, and the newest goes when it is free', () => {
    latest(1, 10)
    expect(flush(snapshotBody(1, 1), true)).toBe('sent')
    expect(flush(null, true)).toBe('queued')
    latest(1, 11)
    expect(outbox.hasPending).toBe(true)
    flush()
    expect(values()).toEqual([11])
  })
})
