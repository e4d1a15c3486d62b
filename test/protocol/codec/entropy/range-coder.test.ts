import { Random } from '@tickwire/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  codeMagnitude,
  MAGNITUDE_CONTEXTS,
  ModelDecoder,
  ModelEncoder,
  Models,
} from '../../../../protocol/src/codec/entropy/models.ts'
import { RangeDecoder, RangeEncoder } from '../../../../protocol/src/codec/entropy/range-coder.ts'

describe('RangeEncoder and RangeDecoder', () => {
  it('give back every bit at every probability', () => {
    const decision = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 0xffff }))
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 400 }), (decisions) => {
        const encoder = new RangeEncoder(1)
        for (const [bit, probability] of decisions) encoder.bit(bit, probability)
        const bytes = encoder.finish()
        const decoder = new RangeDecoder()
        decoder.reset(bytes, 0, bytes.length)
        for (const [bit, probability] of decisions) expect(decoder.bit(probability)).toBe(bit)
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
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x7fff_ffff }), { maxLength: 100 }), (values) => {
        const encoder = new RangeEncoder()
        const writer = new ModelEncoder(new Models(MAGNITUDE_CONTEXTS), new Models(MAGNITUDE_CONTEXTS), encoder)
        for (const value of values) codeMagnitude(writer, 0, value)
        const bytes = encoder.finish()
        const decoder = new RangeDecoder()
        decoder.reset(bytes, 0, bytes.length)
        const reader = new ModelDecoder(new Models(MAGNITUDE_CONTEXTS), decoder)
        for (const value of values) expect(codeMagnitude(reader, 0, 0)).toBe(value)
        expect(reader.models.fast).toEqual(writer.models.fast)
      }),
    )
    const encoder = new RangeEncoder()
    const writer = new ModelEncoder(new Models(MAGNITUDE_CONTEXTS), new Models(MAGNITUDE_CONTEXTS), encoder)
    for (let i = 0; i < 1000; i++) codeMagnitude(writer, 0, 5)
    expect(encoder.finish().length).toBeLessThan(60)
  })
})
