import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { freshHidden, TREND_DEN } from '../../../protocol/src/codec/extrapolate.ts'
import { layoutOf } from '../../../protocol/src/codec/layout.ts'
import type { Track } from '../../../protocol/src/codec/layout.ts'
import { LedCodec } from '../../../protocol/src/codec/led.ts'
import { LedWriter } from '../../../protocol/src/codec/led-writer.ts'
import { RecordCodec } from '../../../protocol/src/codec/record.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const place = field.fixed({ min: 0, max: 4096, precision: 1 / 16 })
const speed = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
const vector = field.vec3({ min: -50, max: 50, precision: 0.01 })
const layout = layoutOf(
  defineGame({
    name: 'led',
    tickRateHz: 20,
    entities: {
      ship: entity(
        { x: place, y: place, vx: speed, vy: speed, angle: field.angle({ bits: 8 }), hp: field.uint({ max: 100 }) },
        { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, trend: ['vx', 'vy', 'angle'] },
      ),
      bird: entity(
        { at: vector, drift: vector, pose: field.quaternion({ bits: 9 }), name: field.text({ maxBytes: 4 }) },
        { position: ['at'], rates: { at: 'drift' }, trend: ['drift', 'pose'] },
      ),
      odd: entity(
        {
          x: field.fixed({ min: 0, max: 2 ** 20, precision: 1 / 4 }),
          v: field.fixed({ min: -(2 ** 18), max: 2 ** 18, precision: 1 / 16 }),
          far: field.int({ min: -(2 ** 29), max: 2 ** 29 }),
          y: field.fixed({ min: 0, max: 8, precision: 1 }),
          w: field.fixed({ min: -4, max: 4, precision: 1 }),
          whole: field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
          heat: field.f32(),
        },
        { position: ['x', 'y'], rates: { x: 'v', y: 'w' }, trend: ['v', 'w'] },
      ),
    },
  }),
)
const trackOf = (kind: string): Track => layout.kindByName.get(kind)!.tracks.all
const noBytes = (): Uint8Array => new Uint8Array(0)

/** Any row of a track, with hidden columns that any history may have left. */
function rowsOf({ columns, rates, trends, size, defaults }: Track): fc.Arbitrary<Int32Array> {
  const values = columns.map(({ min, max, name, blob }, i) => {
    if (blob >= 0) return fc.nat(3)
    if (name === 'heat') return fc.constantFrom(0, 0x3f80_0000, -0x4080_0000)
    return fc.oneof(fc.constant(defaults[i]!), fc.integer({ min, max }))
  })
  const carries = rates.map(({ den }) => fc.nat(den - 1))
  const hidden = trends.flatMap(() => [fc.integer({ min: -4000, max: 4000 }), fc.nat(TREND_DEN - 1)])
  return fc.tuple(...values, ...carries, ...hidden).map((row) => {
    expect(row).toHaveLength(size)
    return Int32Array.from(row)
  })
}

describe.each(['ship', 'bird', 'odd'])('a led delta of a %s', (kind) => {
  const track = trackOf(kind)
  const writing = new LedWriter(track)
  const reading = new LedCodec(track)
  const plain = new RecordCodec(track)

  it('[REC10] comes back over any way, with the hidden columns that a plain one would leave', () => {
    const ticks = fc.oneof(fc.nat(5), fc.nat(100), fc.nat(2 ** 31 - 1))
    fc.assert(
      fc.property(rowsOf(track), rowsOf(track), ticks, (from, truth, way) => {
        const next = Int32Array.from(truth)
        const writer = new BitWriter()
        writing.writeDelta(writer, from, 0, way, next, 0, noBytes)
        const read = new Int32Array(track.size)
        const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
        let blobs = 0
        reading.readDelta(reader, from, 0, way, read, 0, () => void blobs++)
        expect(reader.bitsLeft).toBe(0)
        const isBlob = ({ blob }: { readonly blob: number }): boolean => blob >= 0
        const shown = (row: Int32Array): number[] =>
          [...row].filter((_, i) => !isBlob(track.columns[i] ?? { blob: -1 }))
        plain.chain(from, 0, way, next, 0)
        expect(shown(read)).toEqual(shown(next))
        expect(blobs).toBe(track.columns.filter((column, i) => isBlob(column) && from[i] !== truth[i]).length)
      }),
      { numRuns: 400 },
    )
  })

  it('[REC10] of any bits is a row or a DecodeError', () => {
    const from = new Int32Array(track.size)
    for (const [i, value] of track.defaults.entries()) from[i] = value
    freshHidden(track, from, 0)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, way) => {
        const read = new Int32Array(track.size)
        try {
          reading.readDelta(new BitReader(bytes), from, 0, way, read, 0, () => undefined)
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error
          return
        }
        for (const [i, { min, max, blob, bits }] of track.columns.entries()) {
          if (blob < 0 && bits < 32) expect(read[i]! >= min && read[i]! <= max).toBe(true)
        }
      }),
    )
  })
})

describe('who turns at the same speed', () => {
  const track = trackOf('ship')
  const SPEED = 4800
  const columnAt = (name: string): number => track.columns.findIndex((column) => column.name === name)

  /** A ship in steps, at the end of so many ticks of turning by so much each. */
  function turned(ticks: number, perTick: number, from: Int32Array): Int32Array {
    const row = Int32Array.from(from)
    let [x, y] = [0, 0]
    for (let i = 1; i <= ticks; i++) {
      row[columnAt('vx')] = Math.round(Math.cos(perTick * i) * SPEED)
      row[columnAt('vy')] = Math.round(Math.sin(perTick * i) * SPEED)
      x += (Math.cos(perTick * i) * SPEED) / 40
      y += (Math.sin(perTick * i) * SPEED) / 40
    }
    row[columnAt('x')]! += Math.round(x)
    row[columnAt('y')]! += Math.round(y)
    return row
  }

  it('is told of in a third less bits after some ticks than by a plain delta', () => {
    const from = new Int32Array(track.size)
    from[columnAt('vx')] = SPEED
    from[columnAt('x')] = from[columnAt('y')] = 30_000
    freshHidden(track, from, 0)
    let [led, plain] = [0, 0]
    for (const ticks of [3, 4, 5]) {
      for (const perTick of [-0.15, -0.1, -0.05, 0.05, 0.1, 0.15]) {
        const truth = turned(ticks, perTick, from)
        for (const codec of [new LedWriter(track), new RecordCodec(track)]) {
          const writer = new BitWriter()
          codec.writeDelta(writer, from, 0, ticks, Int32Array.from(truth), 0, noBytes)
          if (codec instanceof LedWriter) led += writer.bitLength
          else plain += writer.bitLength
        }
      }
    }
    expect(led).toBeLessThan(plain * 0.67)
  })
})
