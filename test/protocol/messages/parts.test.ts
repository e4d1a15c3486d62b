import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import {
  LINK_CHANNEL,
  readBytes,
  readChannel,
  readEpoch,
  readSeq,
  writeBytes,
  writeChannel,
  writeEpoch,
  writeSeq,
} from '../../../protocol/src/messages/parts.ts'
import { channel, u32 } from './samples.ts'

function through<T>(write: (writer: BitWriter) => void, read: (reader: BitReader) => T): { value: T; bits: number } {
  const writer = new BitWriter()
  write(writer)
  return { value: read(new BitReader(writer.toBytes())), bits: writer.bitLength }
}

describe('parts of messages', () => {
  it('give channels, sequence numbers, epochs and bytes back', () => {
    fc.assert(
      fc.property(channel, u32, u32, fc.uint8Array({ maxLength: 300 }), (one, seq, epoch, bytes) => {
        expect(through((w) => writeChannel(w, one), readChannel).value).toBe(one)
        expect(through((w) => writeSeq(w, seq), readSeq).value).toBe(seq)
        expect(through((w) => writeEpoch(w, epoch), readEpoch)).toEqual({ value: epoch, bits: 32 })
        expect(
          through(
            (w) => writeBytes(w, bytes),
            (r) => readBytes(r, 300, 'bytes'),
          ).value,
        ).toEqual(bytes)
      }),
    )
  })

  it('spend four bits on the channels that nearly every client has', () => {
    expect([LINK_CHANNEL, 1, 7].map((one) => through((w) => writeChannel(w, one), readChannel).bits)).toEqual([4, 4, 4])
  })

  it('[VAL1] refuse a channel beyond 16 bits', () => {
    const writer = new BitWriter()
    writer.varuint(0x1_0000, 3)
    expect(() => readChannel(new BitReader(writer.toBytes()))).toThrow(DecodeError)
  })

  it('[BIT3] hold a length against its limit, and against what has arrived, before anything is copied', () => {
    const writer = new BitWriter()
    writer.varuint(301, 7)
    const bytes = writer.toBytes()
    const failing = (max: number) => () => readBytes(new BitReader(bytes), max, 'payload')
    expect(failing(300)).toThrow(expect.objectContaining({ reason: 'out-of-range', what: 'payload length' }))
    expect(failing(301)).toThrow(expect.objectContaining({ reason: 'truncated', what: 'payload' }))
  })
})
