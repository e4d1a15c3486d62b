/** Rules of docs/protocol.md about bits, packets, values and inputs, one packet each; both readers must agree on it. */
import { describe, expect, it } from 'vitest'
import { align, bytesOf, joined, no, packetOf, put, reliable, u, v, yes } from './frames.ts'
import type { Piece } from './frames.ts'
import { channel, MESSAGES } from './decoder/messages.ts'
import type { Item } from './decoder/messages.ts'
import { writePacket } from './decoder/packet.ts'
import { sized, text, uintMax } from './decoder/parts.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const join = (...of: readonly Uint8Array[]): Uint8Array => bytes(...of.flatMap((one) => [...one]))
/** A message that says something, on channel 1. */
const say = (payload: Uint8Array, message = 0): Uint8Array => {
  const item: Item = { type: 'message', channel: 1, message, payload }
  return reliable('client', 2, item)
}
const spoken = (...pieces: readonly Piece[]): Uint8Array => say(bytesOf(...pieces))
const posed = (...pieces: readonly Piece[]): Uint8Array => say(bytesOf(...pieces), 1)

describe('bits', () => {
  it('[BIT1] past the end of a packet are an error', () => {
    expect(joined().read('server', packetOf('server', 'pong', u(16, 1), put(channel, 1), u(32, 5)))).toBe('refused')
  })

  it('[BIT2] have one form: no needless group, no set padding, no overlong text, no surrogate', () => {
    const ack = (...pieces: readonly Piece[]): unknown =>
      joined().read('client', packetOf('client', 'reliableAck', ...pieces))
    expect(ack(v(7, 1))).toEqual([{ type: 'reliableAck', seq: 1 }])
    expect(ack(u(8, 0x81), u(8, 0))).toBe('refused')
    expect(ack(v(7, 0xffff_ffff))).toEqual([{ type: 'reliableAck', seq: 0xffff_ffff }])
    expect(ack(u(32, 0xffff_ffff), u(8, 0x1f))).toBe('refused')
    for (const utf8 of [bytes(0xc0, 0x80), bytes(0xed, 0xa0, 0x80), bytes(0xff)]) {
      expect(joined().read('client', spoken(put(sized(8), utf8)))).toBe('refused')
    }
    expect(joined().read('client', spoken(put(sized(8), bytes(0xef, 0xbb, 0xbf))))).toMatchObject([
      { values: { text: '\uFEFF' } },
    ])
  })

  it('[BIT3] that say how much follows are held against the limit of what follows', () => {
    expect(joined().read('client', spoken(put(text(9), '12345678')))).toMatchObject([{ values: { text: '12345678' } }])
    expect(joined().read('client', spoken(put(text(9), '123456789')))).toBe('refused')
    expect(joined().read('client', packetOf('client', 'ping', u(16, 1), v(3, 65_536)))).toBe('refused')
    const refusal = (code: string): unknown =>
      joined().read(
        'server',
        reliable('server', 2, { type: 'refusal', channel: 1, id: 1, code, text: 'x'.repeat(4096) }),
      )
    expect(refusal('x'.repeat(64))).not.toBe('refused')
    expect(refusal('x'.repeat(65))).toBe('refused')
  })

  it('[BIT4] behind the last value are at most seven zeros', () => {
    const ping = (...more: readonly Piece[]): unknown =>
      joined().read('client', packetOf('client', 'ping', u(16, 1), put(channel, 1), ...more))
    expect(ping()).toEqual([{ type: 'ping', id: 1, channel: 1 }])
    expect(ping(u(1, 1))).toBe('refused')
    expect(ping(align, u(8, 0))).toBe('refused')
  })
})

describe('packets', () => {
  const ack = { name: 'reliableAck', body: bytes(5) }

  it('[PKT1] give all messages but the last a length', () => {
    const read = joined().read('client', writePacket('client', [ack, { name: 'ping', body: bytes(1, 0, 1) }]))
    expect(read).toMatchObject([{ type: 'reliableAck', seq: 5 }, { type: 'ping' }])
    expect(joined().read('client', bytes(0x86, 2, 5))).toBe('refused')
    expect(joined().read('client', bytes(0x86, 1, 5))).toBe('refused')
  })

  it('[PKT2] have at most 64 messages', () => {
    const many = Array.from({ length: 64 }, () => ack)
    expect(joined().read('client', writePacket('client', many))).toHaveLength(64)
    expect(joined().read('client', writePacket('client', [...many, ack]))).toBe('refused')
  })

  it('[PKT3] are not empty, and hold only messages and items that their end sends', () => {
    expect(joined().read('client', bytes())).toBe('refused')
    for (const id of [0, 8, 127]) expect(joined().read('server', bytes(id, 0, 0, 0, 0))).toBe('refused')
    for (const item of [0, 8, 9, 10, 11, 12, 13, 15]) {
      expect(joined().read('client', packetOf('client', 'reliable', v(7, 1), u(4, item), u(32, 0)))).toBe('refused')
    }
  })
})

describe('values', () => {
  const identity = [u(2, 3), u(9, 255), u(9, 255), u(9, 255)]

  it('[VAL1] [REL6] are within their range, of a name that there is, and nothing behind them', () => {
    const counted = (count: number, ...more: readonly Piece[]): unknown =>
      joined().read('client', posed(...identity, u(32, 0), u(3, count), ...more))
    expect(counted(5)).toMatchObject([{ values: { count: 5, heat: 0, pose: { x: 0, y: 0, z: 0, w: 1 } } }])
    expect(counted(6)).toBe('refused')
    expect(counted(5, align, u(8, 0))).toBe('refused')
    expect(joined().read('client', say(bytes(0), 2))).toBe('refused')
  })

  it('[VAL2] are no NaN and no infinity', () => {
    for (const pattern of [0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffff_ffff]) {
      expect(joined().read('client', posed(...identity, u(32, pattern), u(3, 0)))).toBe('refused')
    }
    expect(joined().read('client', posed(...identity, u(32, 0x3fc0_0000), u(3, 0)))).toMatchObject([
      { values: { heat: 1.5 } },
    ])
  })

  it('[VAL3] that are packed are what their validator accepts', () => {
    const words = (...packed: number[]): unknown => {
      const payload = bytesOf(put(sized(9), bytes(...packed)))
      return joined().read('server', reliable('server', 2, { type: 'message', channel: 1, message: 0, payload }))
    }
    expect(words(0xa2, 0x68, 0x69)).toMatchObject([{ values: { words: 'hi' } }])
    expect(words(0x05)).toBe('refused')
    expect(words(0xa2, 0x68)).toBe('refused')
  })

  it('[VAL4] of three that are too long for a rotation are a direction', () => {
    const long = [u(2, 0), u(9, 510), u(9, 510), u(9, 0)]
    const read = joined().read('client', posed(...long, u(32, 0), u(3, 0)))
    const third = 1 / Math.sqrt(3)
    expect(read).toMatchObject([
      { values: { pose: { x: 0, y: expect.closeTo(third, 9), w: expect.closeTo(-third, 9) } } },
    ])
    expect(joined().read('client', posed(u(2, 0), u(9, 511), u(9, 0), u(9, 0), u(32, 0), u(3, 0)))).toBe('refused')
  })
})

describe('calls and times', () => {
  it('[CLK1] of a pong are in 1/256 tick and 1/16 ms', () => {
    const pong = packetOf('server', 'pong', u(16, 7), put(channel, 1), u(32, 1000), u(8, 128), u(16, 24))
    expect(joined().read('server', pong)).toEqual([{ type: 'pong', id: 7, channel: 1, tick: 1000.5, holdMs: 1.5 }])
  })

  it('[HSK2] of a hello of another version end behind the version', () => {
    const hello = (version: number): Uint8Array =>
      join(bytes(1, 0x54, 0x4b, 0x57, 0x52, version), bytes(0xff, 0xff, 0xff))
    expect(joined().read('client', hello(2))).toMatchObject([{ type: 'hello', protocolVersion: 2, resume: null }])
    expect(joined().read('client', hello(1))).toBe('refused')
    expect(joined().read('client', bytes(1, 0x54, 0x4b, 0x57, 0x53, 2))).toBe('refused')
  })

  it('[REL7] on a channel that nobody joined are an error', () => {
    const latest = put(MESSAGES.client.latest, { channel: 2, message: 0, payload: bytes(0) })
    expect(joined().read('client', packetOf('client', 'latest', latest))).toBe('refused')
  })
})

describe('inputs', () => {
  const inputs = (newest: number, count: number, ...pieces: readonly Piece[]): unknown => {
    const first = [put(channel, 1), u(16, 3), u(16, newest), put(uintMax(32), count)]
    return joined().read('client', packetOf('client', 'inputs', ...first, ...pieces))
  }
  const unchanged = (lag: number): Piece[] => [no, u(14, lag)]

  it('[INP1] [INP5] are of consecutive ticks from 0 on, 1 to 32 of them, behind an ack', () => {
    expect(inputs(101, 2, ...unchanged(16), no, yes)).toMatchObject([
      { ackedSnapshot16: 3, inputs: [{ tick: 100 }, { tick: 101 }] },
    ])
    expect(inputs(1, 2, ...unchanged(16), no, yes)).toMatchObject([{ inputs: [{ tick: 0 }, { tick: 1 }] }])
    expect(inputs(0, 2, ...unchanged(16), no, yes)).toBe('refused')
    expect(inputs(101, 0)).toBe('refused')
    expect(inputs(101, 33, ...unchanged(16), u(32, 0), u(32, 0))).toBe('refused')
    expect(inputs(65_530, 1, ...unchanged(16))).toMatchObject([{ inputs: [{ tick: 65_530 }] }])
  })

  it('[INP2] differ from the neutral one, and then each from the one before', () => {
    const push = [yes, yes, u(3, 6), yes, u(1, 1)]
    const read = inputs(101, 3, ...unchanged(16), ...push, yes, yes, no, yes, u(1, 0), yes)
    expect(read).toMatchObject([{ inputs: [{ columns: [0, 0] }, { columns: [4, 1] }, { columns: [4, 0] }] }])
    expect(inputs(101, 1, yes, yes, u(3, 7), no, u(14, 0))).toBe('refused')
  })

  it('[INP3] say what was drawn: a lag, one tick on, or nothing yet', () => {
    const stamps = (read: unknown): unknown =>
      (read as [{ inputs: { viewStamp: number }[] }])[0].inputs.map(({ viewStamp }) => viewStamp)
    expect(stamps(inputs(102, 3, ...unchanged(40), no, yes, no, no, u(14, 8)))).toEqual([1560, 1576, 1624])
    expect(stamps(inputs(101, 2, ...unchanged(0x3fff), no, yes))).toEqual([-1, -1])
    expect(stamps(inputs(3, 2, ...unchanged(33), no, yes))).toEqual([-1, -1])
  })
})
