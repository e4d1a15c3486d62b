import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { ReliableStream } from '../../../protocol/src/link/reliable-stream.ts'

interface Flying {
  readonly seq: number
  readonly item: number
}
type Packet = { readonly type: 'item'; readonly item: Flying } | { readonly type: 'ack'; readonly seq: number }

const BUFFER = 100

/** One end with what its user sent and was given; items are numbers and weigh as much as they say. */
class End {
  readonly stream = new ReliableStream<number>(BUFFER)
  readonly sent: number[] = []
  readonly given: number[] = []
  /** What is on its way to the other end, in order: the transport keeps it until it breaks. */
  flight: Packet[] = []
  private next = 0

  send(bytes: number, isOnline: boolean): void {
    const free = BUFFER - this.stream.unackedBytes
    const seq = this.stream.push(this.next, bytes)
    // It refuses exactly what does not fit, and keeps nothing of it.
    expect(seq === null).toBe(bytes > free)
    expect(this.stream.unackedBytes).toBeLessThanOrEqual(BUFFER)
    if (seq === null) return
    this.sent.push(this.next)
    if (isOnline) this.flight.push({ type: 'item', item: { seq, item: this.next } })
    this.next++
  }

  acknowledge(): void {
    if (this.stream.owesAck) this.flight.push({ type: 'ack', seq: this.stream.takeAck() })
    expect(this.stream.owesAck).toBe(false)
  }

  receive(packet: Packet): void {
    if (packet.type === 'ack') this.stream.acknowledge(packet.seq)
    else if (this.stream.accept(packet.item.seq)) this.given.push(packet.item.item)
  }

  resume(other: End): void {
    for (const { seq, item } of this.stream.replay(other.stream.receivedSeq)) {
      this.flight.push({ type: 'item', item: { seq, item } })
    }
  }
}

/** Two ends and a transport that is in order until it is cut, and then loses all that was on its way. */
class Pair {
  readonly ends: readonly [End, End] = [new End(), new End()]
  isOnline = true

  cut(): void {
    this.isOnline = false
    for (const end of this.ends) end.flight = []
  }
  resume(): void {
    if (this.isOnline) return
    this.isOnline = true
    this.ends[0].resume(this.ends[1])
    this.ends[1].resume(this.ends[0])
  }
  deliver(from: 0 | 1, count: number): void {
    const arrived = this.ends[from].flight.splice(0, count)
    for (const packet of arrived) this.ends[from === 0 ? 1 : 0].receive(packet)
  }
  check(): void {
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { sent } = this.ends[from]
      const { given } = this.ends[to]
      expect(given).toEqual(sent.slice(0, given.length))
    }
  }
}

type Step =
  | { readonly type: 'send'; readonly end: 0 | 1; readonly bytes: number }
  | { readonly type: 'acknowledge'; readonly end: 0 | 1 }
  | { readonly type: 'deliver'; readonly end: 0 | 1; readonly count: number }
  | { readonly type: 'cut' }
  | { readonly type: 'resume' }

const end = fc.constantFrom(0 as const, 1 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('send' as const), end, bytes: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('acknowledge' as const), end }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('deliver' as const), end, count: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cut' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('resume' as const) }) },
)

function run(pair: Pair, one: Step): void {
  if (one.type === 'cut') pair.cut()
  else if (one.type === 'resume') pair.resume()
  else if (one.type === 'send') pair.ends[one.end].send(one.bytes, pair.isOnline)
  else if (one.type === 'deliver') pair.deliver(one.end, one.count)
  else if (pair.isOnline) pair.ends[one.end].acknowledge()
}

describe('ReliableStream', () => {
  it('[REL1] [REL4] gives every item to the other end exactly once and in order, whatever is cut and replayed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const pair = new Pair()
        for (const one of steps) {
          run(pair, one)
          pair.check()
        }
        // A last resume on a transport that holds brings everything over.
        pair.cut()
        pair.resume()
        for (const from of [0, 1] as const) pair.deliver(from, Infinity)
        expect(pair.ends[1].given).toEqual(pair.ends[0].sent)
        expect(pair.ends[0].given).toEqual(pair.ends[1].sent)
        for (const one of pair.ends) one.acknowledge()
        for (const from of [0, 1] as const) pair.deliver(from, Infinity)
        expect(pair.ends.map(({ stream }) => stream.unackedBytes)).toEqual([0, 0])
      }),
      { numRuns: 500 },
    )
  })

  it('[REL1] numbers items from 1', () => {
    const stream = new ReliableStream<string>()
    expect([stream.push('a', 1), stream.push('b', 1)]).toEqual([1, 2])
    expect([stream.receivedSeq, stream.accept(1), stream.accept(2), stream.receivedSeq]).toEqual([0, true, true, 2])
  })

  it('[REL2] ignores what was received before, and refuses a gap', () => {
    const stream = new ReliableStream<string>()
    stream.accept(1)
    expect([stream.accept(1), stream.accept(0)]).toEqual([false, false])
    expect(() => stream.accept(3)).toThrow(DecodeError)
    expect(() => new ReliableStream().accept(2)).toThrow('reliable seq: expected 1, got 2')
    expect(stream.receivedSeq).toBe(1)
  })

  it('[REL2] refuses an ack, or a resume, of what was never sent', () => {
    const stream = new ReliableStream<string>()
    stream.push('a', 1)
    expect(() => stream.acknowledge(2)).toThrow('reliable ack: expected at most 1, got 2')
    expect(() => stream.replay(2)).toThrow(DecodeError)
    expect(stream.unackedBytes).toBe(1)
  })

  it('[REL3] keeps up to its limit, refuses more, and takes more again after an ack', () => {
    const stream = new ReliableStream<string>(10)
    expect([stream.push('a', 4), stream.push('b', 6), stream.push('c', 1)]).toEqual([1, 2, null])
    // What was refused has no number: the next one follows without a gap.
    expect(stream.push('empty', 0)).toBe(3)
    stream.acknowledge(1)
    expect(stream.unackedBytes).toBe(6)
    expect(stream.push('d', 4)).toBe(4)
    expect(new ReliableStream<string>().push('large', LIMITS.reliableBufferBytes)).toBe(1)
    expect(new ReliableStream<string>().push('larger', LIMITS.reliableBufferBytes + 1)).toBeNull()
  })

  it('[REL4] replays what the other end does not hold, and frees the rest', () => {
    const stream = new ReliableStream<string>()
    for (const item of ['a', 'b', 'c']) stream.push(item, 5)
    expect(stream.replay(1).map(({ seq, item }) => [seq, item])).toEqual([
      [2, 'b'],
      [3, 'c'],
    ])
    expect(stream.unackedBytes).toBe(10)
    expect(stream.replay(3)).toEqual([])
  })

  it('an ack that comes late or twice changes nothing', () => {
    const stream = new ReliableStream<string>()
    for (const item of ['a', 'b', 'c']) stream.push(item, 5)
    stream.acknowledge(2)
    stream.acknowledge(1)
    stream.acknowledge(2)
    expect(stream.unackedBytes).toBe(5)
  })

  it('owes an ack for each new item until it is taken, and again after a resume: the last one may have been lost', () => {
    const stream = new ReliableStream<string>()
    expect(stream.owesAck).toBe(false)
    stream.replay(0)
    expect(stream.owesAck).toBe(false)
    stream.accept(1)
    expect([stream.owesAck, stream.takeAck(), stream.owesAck]).toEqual([true, 1, false])
    stream.accept(1)
    expect(stream.owesAck).toBe(false)
    stream.replay(0)
    expect(stream.owesAck).toBe(true)
  })
})
