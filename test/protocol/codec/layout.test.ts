import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layoutOf, PLAYER_KIND, ROOM_KIND, TRACKS } from '../../../protocol/src/codec/layout.ts'
import type { KindLayout, Track } from '../../../protocol/src/codec/layout.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import type { EntityOptions } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'

const place = field.fixed({ min: 0, max: 512, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })
const hp = field.uint({ max: 100 })

function kindOf(fields: FieldMap, options: EntityOptions<FieldMap> = {}, tickRateHz = 60): KindLayout {
  const schema = defineGame({ name: 'layout', tickRateHz, entities: { ship: entity(fields, options) } })
  return layoutOf(schema).kindByName.get('ship')!
}
const names = (track: Track): string[] => track.columns.map(({ name }) => name)

describe('layoutOf', () => {
  it('puts the room first, players second, then the kinds of the schema', () => {
    const schema = defineGame({
      name: 'layout',
      tickRateHz: 60,
      state: { phase: field.oneOf('a', 'b') },
      player: { score: hp },
      entities: { ship: entity({ hp }), wall: entity({}) },
    })
    const layout = layoutOf(schema)
    expect(layout.kinds.map(({ name, index }) => [name, index])).toEqual([
      [ROOM_KIND, 0],
      [PLAYER_KIND, 1],
      ['ship', 2],
      ['wall', 3],
    ])
    expect(names(layout.room.tracks.all)).toEqual([
      'owner',
      'jumps',
      '#owner',
      '#locked',
      '#revision',
      '#invite',
      'phase',
    ])
    expect(names(layout.player.tracks.all)).toEqual(['owner', 'jumps', 'connected', 'score'])
    expect([layout.maxColumns, layout.maxBlobs]).toEqual([7, 1])
  })

  it('is made once per schema', () => {
    const schema = defineGame({ name: 'layout', tickRateHz: 60 })
    expect(layoutOf(schema)).toBe(layoutOf(schema))
  })

  it('lays out each track: what moves others, hot fields, owner and jumps, cold fields, each in the order of the schema', () => {
    const kind = kindOf(
      {
        hp,
        x: place,
        name: field.text({ maxBytes: 9 }),
        spin: field.quaternion(),
        vx: speed,
        heat: field.f32(),
        ammo: hp.to('owner'),
        aim: field.angle().to('owner'),
        card: hp.to('revealed'),
        scent: field.f32().to('revealed'),
        secret: place.to('nobody'),
      },
      { rates: { x: 'vx' }, predict: 'owner' },
    )
    const hot = ['vx', 'x', 'spin', 'spin', 'spin', 'spin', 'heat']
    expect(names(kind.tracks.all)).toEqual([...hot, 'owner', 'jumps', 'hp', 'name'])
    expect(kind.tracks.all).toMatchObject({ hotEnd: 7, sourcesEnd: 1, start: 0 })
    expect(kind.ownerColumn).toBe(7)
    // The low bits of vx and x come first.
    expect(names(kind.tracks.owner)).toEqual(['vx', 'x', 'aim', 'ammo'])
    expect(kind.tracks.owner).toMatchObject({ hotEnd: 3, start: 11 })
    expect(names(kind.tracks.revealed)).toEqual(['scent', 'card'])
    expect(kind.tracks.revealed).toMatchObject({ hotEnd: 1, start: 15 })
    expect(kind.columns.map(({ name }) => name)).toEqual(TRACKS.flatMap((track) => names(kind.tracks[track])))
    expect(kind.fields.find(({ name }) => name === 'secret')).toMatchObject({ column: -1, blobColumn: -1 })
  })

  it('keeps what an audience may not see out of every other track', () => {
    const audience = fc.constantFrom('all' as const, 'owner' as const, 'revealed' as const, 'nobody' as const)
    const declared = fc.constantFrom(hp, place, field.text({ maxBytes: 4 }), field.quaternion())
    fc.assert(
      fc.property(fc.array(fc.tuple(audience, declared), { maxLength: 12 }), fc.boolean(), (list, predicted) => {
        const fields = Object.fromEntries(list.map(([who, one], i) => [`f${i}`, one.to(who)]))
        const kind = kindOf(fields, predicted ? { predict: 'owner' } : {})
        for (const [name, { audience: who, spec }] of Object.entries(fields)) {
          const tracks = TRACKS.filter((track) => names(kind.tracks[track]).includes(name))
          const isSplit = predicted && who === 'all' && spec.kind === 'fixed'
          expect(tracks).toEqual(isSplit ? ['all', 'owner'] : who === 'nobody' ? [] : [who])
        }
      }),
    )
  })

  it('gives low bits only to the public fields of predicted kinds, and none with ownerBits 0', () => {
    const fields = { x: place, angle: field.angle({ bits: 8 }), aim: place.to('owner'), trap: place.to('revealed') }
    const low = (kind: KindLayout) => kind.fields.map(({ fineBits, lowColumn }) => [fineBits, lowColumn])
    expect(low(kindOf(fields))).toEqual([
      [0, -1],
      [0, -1],
      [0, -1],
      [0, -1],
    ])
    expect(low(kindOf(fields, { predict: 'owner', ownerBits: 0 }))).toEqual([
      [0, -1],
      [0, -1],
      [0, -1],
      [0, -1],
    ])
    const predicted = kindOf(fields, { predict: 'owner', ownerBits: 4 })
    expect(low(predicted)).toEqual([
      [4, 4],
      [4, 5],
      [4, -1],
      [0, -1],
    ])
    expect(predicted.tracks.owner.columns[0]).toMatchObject({ min: -8, max: 7, bits: 4, isNoise: true })
    // The owner's own field travels whole, half a step beyond either end of the wire's range.
    expect(predicted.tracks.owner.columns[2]).toMatchObject({ min: -8, max: 8191 * 16 + 7, bits: 17, isNoise: false })
  })

  it('keeps a column of the finest precision within 31 bits', () => {
    const widest = field.fixed({ min: -(2 ** 22), max: 2 ** 22, precision: 1 })
    const [column] = kindOf({ x: widest.to('owner') }, { predict: 'owner' }).tracks.owner.columns
    expect(column).toMatchObject({ min: -(2 ** 30) - 128, max: 2 ** 30 - 129, bits: 31 })
  })

  it('starts each column at the default of its field', () => {
    const fields = {
      hp: field.int({ min: 3, max: 9 }),
      at: field.vec2({ min: -9, max: -4, precision: 0.5 }),
      mood: field.oneOf('a', 'b'),
      seat: field.seat(),
    }
    expect([...kindOf(fields).tracks.all.defaults]).toEqual([-9, -9, 0, 0, 3, 0, 0])
    const aim = field.fixed({ min: 2, max: 4, precision: 1 }).to('owner')
    expect([...kindOf({ aim }, { predict: 'owner' }).tracks.owner.defaults]).toEqual([2 * 256])
  })

  it('knows the most bytes that a blob may have', () => {
    const fields = {
      name: field.text({ maxBytes: 12 }),
      raw: field.bytes({ maxBytes: 30 }),
      tags: field.list(field.uint({ max: 7 }), { maxItems: 16 }),
      words: field.list(field.text({ maxBytes: 10 }), { maxItems: 3 }),
    }
    const most = kindOf(fields)
      .columns.filter(({ blob }) => blob >= 0)
      .map(({ blob, blobMaxBytes }) => [blob, blobMaxBytes])
    expect(most).toEqual([
      [0, 12],
      [1, 30],
      [2, 5 + 6],
      [3, 5 + 45],
    ])
  })
})

describe('rates', () => {
  const rate = (to: typeof place, from: typeof place, tickRateHz: number) =>
    kindOf({ x: to, vx: from }, { rates: { x: 'vx' } }, tickRateHz).tracks.all.rates[0]!
  const step = (precision: number) => field.fixed({ min: 0, max: precision * 100, precision })

  it('are the ratio of the two steps over the tick rate, in lowest terms', () => {
    expect(rate(place, speed, 60)).toEqual({ target: 1, source: 0, num: 1, den: 120, carry: 4 })
    expect(rate(step(1 / 32), step(1 / 32), 64)).toMatchObject({ num: 1, den: 64 })
    expect(rate(step(0.01), step(0.1), 60)).toMatchObject({ num: 1, den: 6 })
    expect(rate(step(1), step(90), 60)).toMatchObject({ num: 3, den: 2 })
    expect(rate(step(1), step(120), 60)).toMatchObject({ num: 2, den: 1 })
  })

  it('are as near as a denominator of 16 bits allows', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.integer({ min: 1, max: 240 }),
        (to, from, tickRateHz) => {
          const { num, den } = rate(step(to), step(from), tickRateHz)
          expect(den).toBeLessThanOrEqual(2 ** 16)
          // The next convergent has a denominator beyond 2^16, and the error is below 1 / (den * next).
          expect(Math.abs(num / den - from / to / tickRateHz)).toBeLessThanOrEqual(1 / den / 2 ** 16 + 1e-9)
        },
      ),
    )
  })

  it('move every component of a vector, and an angle by a number in radians per second', () => {
    const space = { min: -8, max: 8, precision: 1 / 4 }
    const kind = kindOf({ at: field.vec3(space), by: field.vec3(space) }, { rates: { at: 'by' } })
    expect(kind.tracks.all.rates).toEqual(
      [0, 1, 2].map((i) => ({ target: 3 + i, source: i, num: 1, den: 60, carry: 8 + i })),
    )
    expect(kind.tracks.all.size).toBe(6 + 2 + 3)
    const turning = kindOf({ angle: field.angle({ bits: 10 }), spin: speed }, { rates: { angle: 'spin' } })
    const [{ num, den } = { num: 0, den: 1 }] = turning.tracks.all.rates
    expect(num / den).toBeCloseTo(1 / 32 / ((2 * Math.PI) / 1024) / 60, 9)
  })
})

describe('trends', () => {
  it('have a change and a carry each, behind the carries of the rates', () => {
    const kind = kindOf(
      { x: place, vx: speed, at: field.vec2({ min: 0, max: 9, precision: 1 }) },
      { rates: { x: 'vx' }, trend: ['vx', 'at'] },
    )
    const { rates, trends, size } = kind.tracks.all
    expect(rates.map(({ carry }) => carry)).toEqual([6])
    expect(trends).toEqual([
      { target: 0, largest: -1, change: 7, carry: 8 },
      { target: 2, largest: -1, change: 9, carry: 10 },
      { target: 3, largest: -1, change: 11, carry: 12 },
    ])
    expect(size).toBe(13)
  })

  it('of a rotation are those of the three components that travel', () => {
    const kind = kindOf({ spin: field.quaternion({ bits: 9 }) }, { trend: ['spin'] })
    expect(kind.tracks.all.trends).toEqual(
      [1, 2, 3].map((target, i) => ({ target, largest: 0, change: 6 + 2 * i, carry: 7 + 2 * i })),
    )
  })

  it('make a velocity of what moves a position, if all of it has one', () => {
    const options = { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' } } as const
    const fields = { x: place, y: place, vx: speed, vy: speed }
    const velocityOf = (trend: ('vx' | 'vy')[], of: object = options): number[] =>
      kindOf(fields, { ...of, trend }).tracks.all.velocity.map(({ target }) => target)
    expect(velocityOf(['vx', 'vy'])).toEqual([0, 1])
    expect(velocityOf(['vx'])).toEqual([])
    expect(velocityOf(['vx', 'vy'], { rates: options.rates })).toEqual([])
  })
})
