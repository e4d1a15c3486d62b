import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { helloOf } from '../../hello.ts'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { readClientMessage, writeClientMessage, writeInputsHead } from '../../../protocol/src/messages/client.ts'
import type { ClientMessage } from '../../../protocol/src/messages/client.ts'
import { NO_WISH } from '@tickwire/protocol/internal'
import { CLIENT_MESSAGE, ITEM } from '../../../protocol/src/messages/ids.ts'
import { PROTOCOL_VERSION } from '../../../protocol/src/version.ts'
import { clientMessage } from './samples.ts'

function written(message: ClientMessage): { id: number; bytes: Uint8Array } {
  const writer = new BitWriter()
  const id = writeClientMessage(writer, message)
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

describe('readClientMessage', () => {
  it('gives back every message that writeClientMessage wrote', () => {
    fc.assert(
      fc.property(clientMessage, (message) => {
        const { id, bytes } = written(message)
        expect(readClientMessage(id, new BitReader(bytes))).toEqual(message)
      }),
      { numRuns: 500 },
    )
  })

  it('leaves the inputs themselves to the codec of the game', () => {
    const writer = new BitWriter()
    writeInputsHead(writer, 2, 777)
    writer.bits(0b101, 3)
    const message = readClientMessage(CLIENT_MESSAGE.inputs, new BitReader(writer.toBytes()))
    expect(message).toMatchObject({ type: 'inputs', channel: 2, ackedSnapshot16: 777 })
    expect(message.type === 'inputs' && message.bits.bits(3, 'inputs')).toBe(0b101)
    const bits = new BitReader(new Uint8Array(0))
    expect(() => written({ type: 'inputs', channel: 2, ackedSnapshot16: 7, bits })).toThrow(RangeError)
  })

  it('[BIT4] refuses a message that goes on behind its end', () => {
    fc.assert(
      fc.property(clientMessage, fc.integer({ min: 0, max: 255 }), (message, more) => {
        const { id, bytes } = written(message)
        const fault = faultOf(() => readClientMessage(id, new BitReader(Uint8Array.of(...bytes, more))))
        expect(fault).toMatchObject({ reason: 'trailing' })
      }),
    )
  })

  it('[BIT1] refuses a message that ends too early', () => {
    fc.assert(
      fc.property(clientMessage, fc.nat(), (message, cut) => {
        const { id, bytes } = written(message)
        const short = bytes.subarray(0, cut % bytes.length)
        expect(faultOf(() => readClientMessage(id, new BitReader(short)))).toMatchObject({ reason: 'truncated' })
      }),
    )
  })

  it('[PKT3] refuses an id that no client sends', () => {
    for (const id of [0, 8, 127]) {
      expect(faultOf(() => readClientMessage(id, fromHex('00')))).toMatchObject({ reason: 'unexpected' })
    }
  })

  it('[PKT3] refuses an item that no client sends', () => {
    for (const item of [0, ITEM.joined, ITEM.joinRefused, ITEM.redirect, ITEM.left, ITEM.table, ITEM.stateHash, 15]) {
      const writer = new BitWriter()
      writer.bits(1, 8)
      writer.bits(item, 4)
      writer.bits(0, 32)
      const fault = faultOf(() => readClientMessage(CLIENT_MESSAGE.reliable, new BitReader(writer.toBytes())))
      expect(fault, String(item)).toMatchObject({ reason: 'unexpected', what: 'item id' })
    }
  })
})

describe('hello', () => {
  it('[HSK2] of a stranger ends at its first four bytes', () => {
    const fault = faultOf(() => readClientMessage(CLIENT_MESSAGE.hello, fromHex('474554202f')))
    expect(fault).toMatchObject({ reason: 'unexpected', what: 'magic' })
  })

  it('[HSK2] of another version is read no further than its version', () => {
    const writer = new BitWriter()
    writeClientMessage(writer, { ...helloOf(), protocolVersion: PROTOCOL_VERSION + 1 })
    writer.rewindTo(40)
    writer.bytes(Uint8Array.from({ length: 50 }, (_, i) => 255 - i))
    expect(readClientMessage(CLIENT_MESSAGE.hello, new BitReader(writer.toBytes()))).toEqual({
      type: 'hello',
      protocolVersion: PROTOCOL_VERSION + 1,
      lobby: 0,
      ticket: '',
      linkId: new Uint8Array(0),
      token: new Uint8Array(0),
      resume: null,
    })
  })

  it('[BIT3] holds a ticket against its limit', () => {
    const ticket = 'x'.repeat(LIMITS.maxTicketBytes)
    const { id, bytes } = written(helloOf(ticket))
    expect(readClientMessage(id, new BitReader(bytes))).toMatchObject({ ticket })
    const long = new BitWriter()
    long.bytes(bytes.subarray(0, 9))
    long.text(`${ticket}x`, 5000)
    expect(faultOf(() => readClientMessage(id, new BitReader(long.toBytes())))).toMatchObject({ reason: 'limit' })
    expect(() => written(helloOf(`${ticket}x`))).toThrow(RangeError)
  })
})

describe('join', () => {
  it('[BIT3] holds its fields against their limit', () => {
    const join = new Uint8Array(LIMITS.maxPayloadBytes + 1)
    const item = {
      type: 'join' as const,
      channel: 1,
      verb: 'create' as const,
      game: 'g',
      hashes: Array<number>(12).fill(0),
      room: '',
      reservation: '',
      wish: NO_WISH,
      join,
    }
    const { id, bytes } = written({ type: 'reliable', seq: 1, item })
    expect(faultOf(() => readClientMessage(id, new BitReader(bytes)))).toMatchObject({ what: 'join fields length' })
  })

  it('[VAL1] refuses a sixth verb', () => {
    const writer = new BitWriter()
    writer.bits(1, 8)
    writer.bits(ITEM.join, 4)
    writer.bits(0, 4)
    writer.bits(5, 3)
    expect(faultOf(() => readClientMessage(CLIENT_MESSAGE.reliable, new BitReader(writer.toBytes())))).toMatchObject({
      what: 'join verb',
    })
  })
})

const secret = (from: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => from + i)
const secrets = { linkId: secret(0), token: secret(0x40) }
const hashes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xffff_ffff]
const GOLDEN: readonly (readonly [name: string, message: ClientMessage, hex: string])[] = [
  [
    'a first hello',
    { ...secrets, type: 'hello', protocolVersion: 1, lobby: 7, ticket: 'né', resume: null },
    '544b57520107000000036ec3a9000102030405060708090a0b0c0d0e0f404142434445464748494a4b4c4d4e4f00',
  ],
  [
    'a hello with a claim',
    {
      type: 'hello',
      protocolVersion: 1,
      lobby: 7,
      ticket: '',
      ...secrets,
      resume: { receivedSeq: 300, seat: null },
    },
    '544b5752010700000000000102030405060708090a0b0c0d0e0f404142434445464748494a4b4c4d4e4f590500',
  ],
  [
    'a hello with a seat',
    {
      type: 'hello',
      protocolVersion: 1,
      lobby: 7,
      ticket: '',
      ...secrets,
      resume: {
        receivedSeq: 1,
        seat: { channel: 1, epoch: 0xdead_beef, game: 'arena', hashes, heldSnapshot: -1 },
      },
    },
    '544b5752010700000000000102030405060708090a0b0c0d0e0f404142434445464748494a4b4c4d4e4f03c6bb6fab7741985c995b5800000080000000c0000000000100004001000080010000c0010000000200004002000080020000c0020000c0ffffff3f00',
  ],
  ['a ping', { type: 'ping', id: 0xabcd, channel: 1 }, 'cdab01'],
  ['a snapshot ack', { type: 'snapshotAck', channel: 9, ackedSnapshot16: 0x1234 }, '193412'],
  ['a reliable ack', { type: 'reliableAck', seq: 0xffff_ffff }, 'ffffffff0f'],
  ['a latest', { type: 'latest', channel: 1, message: 17, payload: Uint8Array.of(1, 2) }, '1183408000'],
  [
    'a message',
    { type: 'reliable', seq: 1, item: { type: 'message', channel: 1, message: 2, payload: Uint8Array.of(0xaa) } },
    '0111224015',
  ],
  [
    'a request',
    {
      type: 'reliable',
      seq: 2,
      item: { type: 'request', channel: 1, id: 5, request: 0, payload: Uint8Array.of(0xbb) },
    },
    '021205206017',
  ],
  [
    'a reply',
    { type: 'reliable', seq: 3, item: { type: 'reply', channel: 0, id: 130, payload: new Uint8Array(0) } },
    '0303820100',
  ],
  [
    'a refusal',
    { type: 'reliable', seq: 4, item: { type: 'refusal', channel: 1, id: 5, code: 'no', text: 'é' } },
    '041405026e6f02c3a9',
  ],
  ['a cancel', { type: 'reliable', seq: 5, item: { type: 'cancel', channel: 1, id: 5 } }, '051505'],
  [
    'a join',
    {
      type: 'reliable',
      seq: 6,
      item: {
        type: 'join',
        channel: 1,
        verb: 'joinById',
        game: 'arena',
        hashes,
        room: 'r',
        reservation: 'x',
        wish: { type: 't', isPrivate: true, password: 'p', where: 'a = 1', options: Uint8Array.of(9) },
        join: Uint8Array.of(7),
      },
    },
    '06162a08932b730b0b00000010000000180000002000000028000000300000003800000040000000480000005000000058000000f8ffffff0f900bc00ba01b00571006d203121390107000',
  ],
  [
    '[VER3] a mismatch',
    { type: 'reliable', seq: 7, item: { type: 'mismatch', channel: 8, tick16: 0x1234 } },
    '078e412301',
  ],
  ['a leave', { type: 'reliable', seq: 7, item: { type: 'leave', channel: 8 } }, '078701'],
]

describe('golden bytes', () => {
  it.each(GOLDEN)('of %s', (_, message, expected) => {
    expect(hex(written(message).bytes)).toBe(expected)
  })
  it.each(GOLDEN)('of %s are read as it', (_, message, bytes) => {
    expect(readClientMessage(CLIENT_MESSAGE[message.type], fromHex(bytes))).toEqual(message)
  })
})
