import { DecodeError, defineGame, entity, field, Random } from '@tickwire/protocol'
import { BitReader, BitWriter, BodyEncoder, layoutOf, NO_PACKER, replicaOf } from '@tickwire/protocol/internal'
import type { Replica } from '@tickwire/protocol/internal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeTable, encodeTable } from '../../../../protocol/src/codec/entropy/tables.ts'
import { Trainer } from '../../../../protocol/src/codec/entropy/trainer.ts'

const schema = defineGame({
  name: 'coded',
  tickRateHz: 20,
  compression: 'entropy',
  entities: {
    dot: entity({
      x: field.fixed({ min: 0, max: 64, precision: 1 / 8 }),
      hp: field.uint({ max: 9 }),
      heat: field.f32(),
    }),
  },
})
const layout = layoutOf(schema)

/** A replica that holds some dots as of tick 1, and a table. */
function held(): Replica {
  const replica = replicaOf(layout, NO_PACKER)
  const writer = new BitWriter()
  writer.bits(0, 8)
  writer.varuint(0)
  writer.varuint(5)
  for (let slot = 0; slot < 5; slot++) {
    writer.bool(false)
    writer.bits(0b11, 2)
    writer.varuint(0)
    writer.varuint(layout.kindByName.get('dot')!.index)
    writer.bits(7, 16)
    for (let i = 0; i < 5; i++) writer.bool(false)
  }
  replica.begin()
  replica.readTrack(new BitReader(writer.toBytes()), 'all', 1)
  replica.commit()
  const encoder = new BodyEncoder(layout)
  replica.learnTable(1, encoder.publish())
  return replica
}

describe('tables of models', () => {
  it('come back as the probabilities of their scale, the same at both ends', () => {
    const [random, trainer] = [new Random(3), new Trainer(4096)]
    for (let i = 0; i < 6000; i++) trainer.learn(random.int(0, 99), random.next() < 0.2)
    const bytes = encodeTable(trainer)
    const models = decodeTable(bytes, trainer.count)
    expect(decodeTable(bytes, trainer.count)).toEqual(models)
    for (let context = 0; context < 100; context++) {
      expect(Math.abs(models.probability(context) - trainer.probability(context))).toBeLessThan(2500)
    }
  })

  it('say nothing of what was hardly met', () => {
    const trainer = new Trainer(4096)
    for (let context = 0; context < 4096; context++) trainer.learn(context, true)
    expect(encodeTable(trainer)).toEqual(encodeTable(new Trainer(4096)))
    expect(encodeTable(trainer).length).toBe(4096 / 16 / 8)
  })

  it('are refused when they are of another size', () => {
    const bytes = encodeTable(new Trainer(1000))
    expect(() => decodeTable(bytes, 2000)).toThrow(DecodeError)
    expect(() => decodeTable(bytes, 500)).toThrow(DecodeError)
  })
})

describe('a coded body', () => {
  it('[COD3] is refused when it names a table that was not sent', () => {
    const replica = held()
    replica.begin()
    expect(() => replica.readTrack(new BitReader(Uint8Array.of(2, 0, 0, 0)), 'all', 2)).toThrow(/table/)
  })

  it('[COD1] is followed by arrivals alone: anything else was in it', () => {
    const replica = held()
    const writer = new BitWriter()
    writer.bits(1, 8)
    writer.varuint(0, 7)
    writer.varuint(1)
    writer.bool(false)
    writer.bool(false)
    replica.begin()
    expect(() => replica.readTrack(new BitReader(writer.toBytes()), 'all', 2)).toThrow(DecodeError)
  })

  it('[COD4] of any bytes ends in a DecodeError or in values of their range, and changes nothing before commit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (noise) => {
        const replica = held()
        const before = [...replica.entities.keys()]
        const writer = new BitWriter()
        writer.bits(1, 8)
        writer.varuint(noise.length, 7)
        writer.bytes(noise)
        writer.varuint(0)
        replica.begin()
        try {
          replica.readTrack(new BitReader(writer.toBytes()), 'all', 2)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
          expect([...replica.entities.keys()]).toEqual(before)
          return
        }
        replica.commit()
        for (const one of replica.entities.values()) {
          const row = new Int32Array(one.kind.columns.length)
          replica.rowAt(one, 2, row)
          for (const [i, { min, max, isFloat }] of one.kind.columns.entries()) {
            if (isFloat) {
              expect(new Float32Array(row.buffer)[i]).toSatisfy(Number.isFinite)
              continue
            }
            expect(row[i]).toBeGreaterThanOrEqual(min)
            expect(row[i]).toBeLessThanOrEqual(max)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
