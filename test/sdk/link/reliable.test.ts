import { LIMITS } from '@tickwire/protocol'
import { BitReader, readClientMessage } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { LinkStream } from '../../../sdk/src/link/reliable.ts'

const leave = { type: 'leave', channel: 1 } as const
const seqOf = (body: Uint8Array | null | undefined): number => {
  const message = readClientMessage(5, new BitReader(body ?? new Uint8Array(0)))
  return message.type === 'reliable' ? message.seq : -1
}

describe('the stream of a link', () => {
  it('[REL1] numbers from 1, and names the next number before it is used', () => {
    const stream = new LinkStream()
    expect(stream.nextSeq).toBe(1)
    expect([stream.push(leave), stream.push(leave)].map(seqOf)).toEqual([1, 2])
    expect(stream.nextSeq).toBe(3)
  })

  it('[REL4] gives again what the other end does not hold, byte for byte', () => {
    const stream = new LinkStream()
    const bodies = [stream.push(leave), stream.push(leave), stream.push(leave)]
    stream.acknowledge(1)
    expect(stream.replay(1)).toEqual([bodies[1], bodies[2]])
    expect(stream.replay(3)).toEqual([])
  })

  it('[REL2] takes each number once and refuses a gap', () => {
    const stream = new LinkStream()
    expect([stream.accept(1), stream.accept(1), stream.accept(2)]).toEqual([true, false, true])
    expect([stream.receivedSeq, stream.owesAck, stream.takeAck(), stream.owesAck]).toEqual([2, true, 2, false])
    expect(() => stream.accept(4)).toThrow('reliable seq: expected 3, got 4')
    expect(() => stream.acknowledge(1)).toThrow('reliable ack')
  })

  it('goes on where the streams stand for a page that knows nothing of them', () => {
    const stream = new LinkStream()
    stream.continueFrom(17)
    expect(stream.receivedSeq).toBe(0)
    expect([stream.accept(42), stream.accept(42), stream.accept(43)]).toEqual([true, false, true])
    expect([stream.receivedSeq, stream.takeAck()]).toEqual([43, 43])
    expect(seqOf(stream.push(leave))).toBe(18)
    expect(seqOf(stream.push(leave))).toBe(19)
    stream.acknowledge(18)
    expect(stream.replay(18).map(seqOf)).toEqual([19])
    stream.acknowledge(3)
    expect(() => stream.acknowledge(20)).toThrow('reliable ack')
  })

  it('[REL3] refuses what does not fit into its buffer and keeps its numbers', () => {
    const stream = new LinkStream()
    const large = { type: 'message', channel: 1, message: 0, payload: new Uint8Array(LIMITS.maxPayloadBytes) } as const
    let taken = 0
    while (stream.push(large) !== null) taken++
    expect(taken).toBe(31)
    expect(stream.nextSeq).toBe(32)
    stream.acknowledge(1)
    expect(seqOf(stream.push(large))).toBe(32)
  })

  it('throws at the author of an item that no packet can carry', () => {
    const payload = new Uint8Array(LIMITS.maxClientMessageBytes)
    expect(() => new LinkStream().push({ type: 'message', channel: 1, message: 0, payload })).toThrow(RangeError)
  })
})
