import { Random } from '@tickwire/protocol'
import { BitReader, BitWriter } from '@tickwire/protocol/internal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  codeMagnitude,
  magnitudeContexts,
  ModelDecoder,
  ModelEncoder,
  Models,
} from '../../../../protocol/src/codec/entropy/models.ts'
import { RangeDecoder, RangeEncoder } from '../../../../protocol/src/codec/entropy/range-coder.ts'
import { Trainer } from '../../../../protocol/src/codec/entropy/trainer.ts'

const CONTEXTS = 64

/** Both directions of a body with its own models. */
function writing(contexts: number): { coder: ModelEncoder; end: () => BitWriter } {
  const [range, plain] = [new RangeEncoder(1), new BitWriter()]
  const coder = new ModelEncoder(new Models(contexts), new Trainer(contexts), range, plain)
  const end = (): BitWriter => {
    const [bytes, body] = [range.finish(), new BitWriter()]
    body.varuint(bytes.length, 7)
    body.bytes(bytes)
    body.copyFrom(plain, 0, plain.bitLength)
    return body
  }
  return { coder, end }
}
function reading(contexts: number, body: BitWriter): ModelDecoder {
  const [range, reader] = [new RangeDecoder(), new BitReader(body.toBytes())]
  const coder = new ModelDecoder(new Models(contexts), range)
  range.begin(reader, reader.varuint(1 << 20, 'length', 7))
  coder.begin(reader)
  return coder
}

describe('RangeEncoder and RangeDecoder', () => {
  it('give back every bit of every context', () => {
    const decision = fc.tuple(fc.boolean(), fc.nat(CONTEXTS - 1))
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 400 }), (decisions) => {
        const { coder, end } = writing(CONTEXTS)
        for (const [bit, context] of decisions) coder.bit(context, bit)
        const reader = reading(CONTEXTS, end())
        for (const [bit, context] of decisions) expect(reader.bit(context, false)).toBe(bit)
        expect(reader.models).toEqual(coder.models)
      }),
      { numRuns: 500 },
    )
  })

  it('cost what the probabilities say, within a byte and half a percent', () => {
    const random = new Random(7)
    const encoder = new RangeEncoder()
    let ideal = 0
    for (let i = 0; i < 20_000; i++) {
      const probability = random.int(200, 65_336)
      const bit = random.next() >= probability / 65_536
      encoder.bit(bit, probability)
      ideal -= Math.log2(bit ? 1 - probability / 65_536 : probability / 65_536)
    }
    expect(encoder.finish().length * 8).toBeLessThan(ideal * 1.005 + 8)
  })

  it('end in no byte at all when everything went as expected', () => {
    const encoder = new RangeEncoder()
    for (let i = 0; i < 20; i++) encoder.bit(false, 65_000)
    expect(encoder.finish().length).toBe(0)
  })
})

describe('codeMagnitude', () => {
  it('gives back every number, and learns', () => {
    const widths = fc.integer({ min: 1, max: 31 })
    const lists = widths.chain((bits) =>
      fc.tuple(fc.constant(bits), fc.array(fc.nat(2 ** bits - 1), { maxLength: 100 })),
    )
    fc.assert(
      fc.property(lists, ([bits, values]) => {
        const contexts = magnitudeContexts(bits)
        const { coder, end } = writing(contexts)
        for (const value of values) codeMagnitude(coder, 0, bits, value)
        const reader = reading(contexts, end())
        for (const value of values) expect(codeMagnitude(reader, 0, bits, 0)).toBe(value)
      }),
    )
    const { coder, end } = writing(magnitudeContexts(16))
    for (let i = 0; i < 1000; i++) codeMagnitude(coder, 0, 16, 5)
    expect(end().byteLength).toBeLessThan(70)
  })
})
