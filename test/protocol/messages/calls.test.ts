import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { readCall, readLatest, writeCall, writeLatest } from '../../../protocol/src/messages/calls.ts'
import type { CallItem } from '../../../protocol/src/messages/calls.ts'
import { ITEM } from '../../../protocol/src/messages/ids.ts'

const payload = new Uint8Array(LIMITS.maxPayloadBytes)
function through(item: CallItem): CallItem | null {
  const writer = new BitWriter()
  writeCall(writer, item)
  return readCall(new BitReader(writer.toBytes()), ITEM[item.type], item.channel)
}

describe('calls', () => {
  it('carry the largest payload and the longest refusal', () => {
    const largest: readonly CallItem[] = [
      { type: 'message', channel: 1, message: 0xffff, payload },
      { type: 'request', channel: 1, id: 0xffff_ffff, request: 0xffff, payload },
      { type: 'reply', channel: 1, id: 1, payload },
      {
        type: 'refusal',
        channel: 1,
        id: 1,
        code: 'c'.repeat(LIMITS.maxNameBytes),
        text: 't'.repeat(LIMITS.maxTextBytes),
      },
    ]
    for (const item of largest) expect(through(item)).toEqual(item)
  })

  it('[BIT3] refuse a larger payload, and an index that no schema has', () => {
    const tooLarge = new Uint8Array(LIMITS.maxPayloadBytes + 1)
    expect(() => through({ type: 'reply', channel: 1, id: 1, payload: tooLarge })).toThrow(
      expect.objectContaining({ what: 'payload length' }),
    )
    expect(() => through({ type: 'message', channel: 1, message: 0x1_0000, payload })).toThrow(
      expect.objectContaining({ what: 'index in the schema' }),
    )
  })

  it('are not written longer than they may be read', () => {
    const code = 'c'.repeat(LIMITS.maxNameBytes + 1)
    expect(() => through({ type: 'refusal', channel: 1, id: 1, code, text: '' })).toThrow(RangeError)
  })

  it('are none of the other items', () => {
    for (const id of [ITEM.join, ITEM.leave, ITEM.joined, ITEM.left, 0, 15]) {
      expect(readCall(new BitReader(new Uint8Array(9)), id, 1)).toBeNull()
    }
  })
})

describe('latest', () => {
  it('[REL5] has a channel, an index and a payload, and no number', () => {
    const writer = new BitWriter()
    const latest = { type: 'latest' as const, channel: 3, message: 2, payload: Uint8Array.of(1) }
    writeLatest(writer, latest)
    expect(writer.bitLength).toBe(4 + 5 + 8 + 8)
    expect(readLatest(new BitReader(writer.toBytes()))).toEqual(latest)
  })
})
