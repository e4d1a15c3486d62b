import { NO_SEAT } from '@tickwire/protocol/internal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { ITEM, SERVER_MESSAGE } from '../../../protocol/src/messages/ids.ts'
import { readServerMessage, writeServerMessage } from '../../../protocol/src/messages/server.ts'
import type { ServerMessage } from '../../../protocol/src/messages/server.ts'
import { serverMessage } from './samples.ts'

function written(message: ServerMessage): { id: number; bytes: Uint8Array } {
  const writer = new BitWriter()
  const id = writeServerMessage(writer, message)
  return { id, bytes: writer.toBytes() }
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const fromHex = (text: string): BitReader => new BitReader(Uint8Array.from(Buffer.from(text, 'hex')))
const faultOf = (read: () => unknown): unknown => {
  try {
    return read()
  } catch (error) {
    return error
  }
}

describe('readServerMessage', () => {
  it('gives back every message that writeServerMessage wrote', () => {
    fc.assert(
      fc.property(serverMessage, (message) => {
        const { id, bytes } = written(message)
        expect(readServerMessage(id, new BitReader(bytes))).toEqual(message)
      }),
      { numRuns: 500 },
    )
  })

  it('leaves a snapshot to the replica of its room', () => {
    const message = readServerMessage(SERVER_MESSAGE.snapshot, fromHex('01ff'))
    expect(message).toMatchObject({ type: 'snapshot', channel: 1 })
    expect(message.type === 'snapshot' && message.bits.bitOffset).toBe(4)
    expect(() => written({ type: 'snapshot', channel: 1, bits: fromHex('') })).toThrow(RangeError)
  })

  it('leaves one that may be lost to it, too, behind what it leads on from', () => {
    const message = readServerMessage(SERVER_MESSAGE.looseSnapshot, fromHex('3104000e00b00400'))
    expect(message).toMatchObject({ type: 'looseSnapshot', channel: 1, loose: { back: 3, firstEvent: 2 } })
  })

  it('[BIT4] refuses a message that goes on behind its end', () => {
    fc.assert(
      fc.property(serverMessage, fc.integer({ min: 0, max: 255 }), (message, more) => {
        const { id, bytes } = written(message)
        const fault = faultOf(() => readServerMessage(id, new BitReader(Uint8Array.of(...bytes, more))))
        expect(fault).toMatchObject({ reason: 'trailing' })
      }),
    )
  })

  it('[BIT1] refuses a message that ends too early', () => {
    fc.assert(
      fc.property(serverMessage, fc.nat(), (message, cut) => {
        const { id, bytes } = written(message)
        const short = bytes.subarray(0, cut % bytes.length)
        expect(faultOf(() => readServerMessage(id, new BitReader(short)))).toMatchObject({ reason: 'truncated' })
      }),
    )
  })

  it('[PKT3] refuses an id or an item that no server sends', () => {
    for (const id of [0, 9, 127])
      expect(faultOf(() => readServerMessage(id, fromHex('00')))).toMatchObject({ reason: 'unexpected' })
    for (const item of [0, ITEM.join, ITEM.leave, ITEM.mismatch, 15]) {
      const writer = new BitWriter()
      writer.bits(1, 8)
      writer.bits(item, 4)
      writer.bits(0, 32)
      const fault = faultOf(() => readServerMessage(SERVER_MESSAGE.reliable, new BitReader(writer.toBytes())))
      expect(fault, String(item)).toMatchObject({ reason: 'unexpected', what: 'item id' })
    }
  })

  it('[REL8] the seat beyond the last is that of a spectator, who has none', () => {
    const item = {
      type: 'joined' as const,
      channel: 1,
      roomId: 'r',
      epoch: 1,
      seat: LIMITS.maxSeatsPerRoom - 1,
      tick: 1,
      simulationSeed: 1,
    }
    const { id, bytes } = written({ type: 'reliable', seq: 1, item })
    expect(readServerMessage(id, new BitReader(bytes))).toMatchObject({ item: { seat: 1022 } })
    expect(() => written({ type: 'reliable', seq: 1, item: { ...item, seat: 1024 } })).toThrow(RangeError)
    // Bit 64 is the first of the ten that the seat has.
    const bent = Uint8Array.from(bytes)
    bent[8]! |= 0xff
    bent[9]! |= 0x03
    expect(readServerMessage(id, new BitReader(bent))).toMatchObject({ item: { seat: NO_SEAT } })
    expect(written({ type: 'reliable', seq: 1, item: { ...item, seat: NO_SEAT } }).bytes).toEqual(bent)
  })
})

describe('pong', () => {
  const back = (tick: number, holdMs: number): unknown => {
    const { id, bytes } = written({ type: 'pong', id: 1, channel: 1, tick, holdMs })
    return readServerMessage(id, new BitReader(bytes))
  }

  it('[CLK1] carries the time of the room in 1/256 tick, rounded down, and the hold in 1/16 ms', () => {
    expect(back(100.999, 3.97)).toMatchObject({ tick: 100 + 255 / 256, holdMs: 4 })
    expect(back(0.5, 0)).toMatchObject({ tick: 0.5, holdMs: 0 })
  })

  it('carries the last tick there is, and no hold beyond four seconds', () => {
    expect(back(0xffff_ffff + 0.75, 1e9)).toMatchObject({ tick: 0xffff_ffff + 0.75, holdMs: 0xffff / 16 })
  })
})

const secret = (from: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => from + i)
const GOLDEN: readonly (readonly [name: string, message: ServerMessage, hex: string])[] = [
  [
    'a welcome',
    {
      type: 'welcome',
      linkId: secret(0),
      token: secret(0x40),
      userId: 'ada',
      resumed: true,
      receivedSeq: 300,
      seatResumed: false,
      resumeWindowMs: 30_000,
    },
    '000102030405060708090a0b0c0d0e0f404142434445464748494a4b4c4d4e4f036164615905c0d4010000',
  ],
  ['a pong', { type: 'pong', id: 0xabcd, channel: 1, tick: 1000.5, holdMs: 2.25 }, 'cdab813e000000480200'],
  ['a reliable ack', { type: 'reliableAck', seq: 128 }, '8001'],
  ['a latest', { type: 'latest', channel: 1, message: 17, payload: Uint8Array.of(1, 2) }, '1183408000'],
  ['a going away', { type: 'goingAway', retryAfterMs: 1500, address: 'wss://b' }, 'dc050000077773733a2f2f62'],
  [
    'a message',
    { type: 'reliable', seq: 1, item: { type: 'message', channel: 1, message: 2, payload: Uint8Array.of(0xaa) } },
    '0111224015',
  ],
  [
    'a refusal',
    { type: 'reliable', seq: 4, item: { type: 'refusal', channel: 1, id: 5, code: 'no', text: 'é' } },
    '041405026e6f02c3a9',
  ],
  [
    'a joined',
    {
      type: 'reliable',
      seq: 1,
      item: { type: 'joined', channel: 1, roomId: 'r1', epoch: 0xdead_beef, seat: 5, tick: 600, simulationSeed: 42 },
    },
    '0118027231efbeadde0560090000a800000000',
  ],
  [
    'a refused join',
    {
      type: 'reliable',
      seq: 1,
      item: { type: 'joinRefused', channel: 1, code: 'room-full', text: 'full', section: '', description: '' },
    },
    '011909726f6f6d2d66756c6c0466756c6c0000',
  ],
  [
    'a redirect',
    { type: 'reliable', seq: 1, item: { type: 'redirect', channel: 1, url: 'wss://b', reservation: 'x' } },
    '011a077773733a2f2f620178',
  ],
  [
    '[VER1] a state hash',
    { type: 'reliable', seq: 9, item: { type: 'stateHash', channel: 1, tick16: 0x1234, hash: 0x89abcdef } },
    '091d3412efcdab89',
  ],
  ['a left', { type: 'reliable', seq: 9, item: { type: 'left', channel: 1, reason: 'kicked' } }, '091b066b69636b6564'],
]

describe('golden bytes', () => {
  it.each(GOLDEN)('of %s', (_, message, expected) => {
    expect(hex(written(message).bytes)).toBe(expected)
  })
  it.each(GOLDEN)('of %s are read as it', (_, message, bytes) => {
    expect(readServerMessage(SERVER_MESSAGE[message.type], fromHex(bytes))).toEqual(message)
  })
})
