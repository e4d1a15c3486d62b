import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { readPacket, readSoleMessage, writeMessage } from '../../../protocol/src/messages/packet.ts'

interface Message {
  readonly id: number
  readonly body: Uint8Array
}
const message = fc.record({ id: fc.integer({ min: 1, max: 127 }), body: fc.uint8Array({ maxLength: 200 }) })

function packetOf(messages: readonly Message[]): Uint8Array {
  const writer = new BitWriter(64, LIMITS.maxServerMessageBytes)
  for (const [i, { id, body }] of messages.entries()) writeMessage(writer, id, body, i === messages.length - 1)
  return writer.toBytes()
}
function read(bytes: Uint8Array): Message[] {
  const messages: Message[] = []
  readPacket(bytes, (id, reader) => messages.push({ id, body: reader.bytes(reader.bitsLeft / 8, 'body') }))
  return messages
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('packets', () => {
  it('[PKT1] give their messages back in order, each with its own bytes', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: LIMITS.maxMessagesPerPacket }), (messages) => {
        expect(read(packetOf(messages))).toEqual(messages)
      }),
    )
  })

  it('[PKT1] are one byte longer than a message that is alone', () => {
    expect(hex(packetOf([{ id: 3, body: Uint8Array.of(1, 2, 3) }]))).toBe('03010203')
    expect(hex(packetOf([{ id: 5, body: new Uint8Array(0) }]))).toBe('05')
  })

  it('[PKT1] name the length of every message but the last', () => {
    const two = [
      { id: 5, body: Uint8Array.of(9) },
      { id: 3, body: Uint8Array.of(1, 2) },
    ]
    expect(hex(packetOf(two))).toBe('850109030102')
    const long = [
      { id: 5, body: new Uint8Array(200) },
      { id: 3, body: new Uint8Array(0) },
    ]
    expect(hex(packetOf(long).subarray(0, 3))).toBe('85c801')
  })

  it('[PKT2] have at most 64 messages', () => {
    const most = Array.from({ length: LIMITS.maxMessagesPerPacket }, () => ({ id: 1, body: new Uint8Array(0) }))
    expect(read(packetOf(most))).toHaveLength(64)
    expect(() => read(packetOf([...most, most[0]!]))).toThrow(expect.objectContaining({ reason: 'limit' }))
  })

  it('[PKT3] are not empty, and do not end where another message is announced', () => {
    expect(() => read(new Uint8Array(0))).toThrow(expect.objectContaining({ reason: 'truncated' }))
    expect(() => read(Uint8Array.of(0x85, 0))).toThrow(expect.objectContaining({ reason: 'truncated' }))
  })

  it('[BIT1] do not hold a message that is longer than they are', () => {
    expect(() => read(Uint8Array.of(0x85, 3, 1, 2))).toThrow(DecodeError)
    expect(() => read(Uint8Array.of(0x85, 0xff, 0xff, 0xff, 0x7f))).toThrow(DecodeError)
  })

  it('with one message are told apart from those with several, and from nothing', () => {
    const reader = new BitReader(new Uint8Array(0))
    const [one, two] = [
      { id: 5, body: Uint8Array.of(1, 9) },
      { id: 3, body: Uint8Array.of(2) },
    ]
    expect(readSoleMessage(packetOf([one]), reader)).toBe(5)
    expect(reader.bytes(2, 'body')).toEqual(one.body)
    reader.expectEnd()
    expect(readSoleMessage(packetOf([one, two]), reader)).toBe(-1)
    expect(readSoleMessage(new Uint8Array(0), reader)).toBe(-1)
  })

  it('let no message read beyond its end', () => {
    const bytes = packetOf([
      { id: 5, body: Uint8Array.of(1) },
      { id: 3, body: Uint8Array.of(2) },
    ])
    const lefts: number[] = []
    readPacket(bytes, (_, reader: BitReader) => {
      lefts.push(reader.bitsLeft)
      expect(() => reader.bits(9, 'more')).toThrow(DecodeError)
    })
    expect(lefts).toEqual([8, 8])
  })
})

describe('writeMessage', () => {
  it('refuses an id of more than 7 bits', () => {
    expect(() => writeMessage(new BitWriter(), 128, new Uint8Array(0), true)).toThrow(RangeError)
  })
})
