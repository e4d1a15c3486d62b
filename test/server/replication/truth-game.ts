import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import * as fc from 'fast-check'
import { defineRoom } from '../../../server/src/room/define-room.ts'

/** A game with every kind of field, audience and option, and everything that can happen to its clients. */

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })
const schema = defineGame({
  name: 'truth',
  tickRateHz: 60,
  state: { round: field.uint({ max: 99 }), title: field.text({ maxBytes: 8 }) },
  player: {
    score: field.uint({ max: 99 }),
    hand: field.uint({ max: 51 }).to('owner'),
    call: field.uint({ max: 51 }).to('team'),
  },
  entities: {
    mover: entity(
      {
        x: place,
        y: place,
        vx: speed,
        vy: speed,
        hp: field.uint({ max: 100 }),
        name: field.text({ maxBytes: 12 }),
        ammo: field.uint({ max: 30 }).to('owner'),
        notes: field.text({ maxBytes: 12 }).to('owner'),
        card: field.uint({ max: 51 }).to('revealed'),
        letter: field.text({ maxBytes: 12 }).to('revealed'),
        target: field.entity(),
        crew: field.list(field.entity(), { maxItems: 3 }),
        prey: field.entity().to('owner'),
        spies: field.list(field.entity(), { maxItems: 3 }).to('owner'),
        mark: field.entity().to('revealed'),
        secret: field.uint({ max: 9 }).to('nobody'),
      },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner', priority: 2 },
    ),
    rock: entity(
      { x: place, y: place, tags: field.list(field.uint({ max: 7 }), { maxItems: 4 }) },
      { position: ['x', 'y'], static: true },
    ),
    star: entity({ x: place, y: place, light: field.uint({ max: 9 }) }, { position: ['x', 'y'], relevant: 'always' }),
    moon: entity(
      {
        x: place,
        y: place,
        vx: speed,
        stack: field.uint({ max: 9 }),
        plan: field.uint({ max: 9 }).to('team'),
        word: field.text({ maxBytes: 8 }).to('team'),
        heading: field.entity().to('team'),
      },
      { position: ['x', 'y'], rates: { x: 'vx' }, far: { beyond: 40, everySnapshots: 4 } },
    ),
    token: entity({ face: field.uint({ max: 51 }).to('revealed'), stack: field.uint({ max: 9 }) }),
  },
})
interface Truth extends TypesOf<typeof schema> {}

const game = defineSimulation<Truth>(schema, (world) => {
  for (const mover of world.all('mover')) {
    mover.x += mover.vx * world.dt
    mover.y += mover.vy * world.dt
  }
})
export const PLAYERS = 3
export const blind: Set<number> = new Set()
export const isHiddenFrom = (id: number, seatNumber: number): boolean => blind.has(seatNumber) && id % 3 === 0
export const openRoom = defineRoom(game, { maxPlayers: PLAYERS, verify: true })
export const walledRoom = defineRoom(game, {
  maxPlayers: PLAYERS,
  verify: true,
  canSee: (_room, player, { id }) => !isHiddenFrom(id, player.id),
})
export const KINDS = ['mover', 'rock', 'token', 'star', 'moon'] as const

const seat = fc.nat(PLAYERS - 1)
const index = fc.nat(30)
export const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('spawn' as const),
      kind: fc.constantFrom(...KINDS),
      owner: fc.option(seat, { nil: null }),
      x: fc.double({ min: 0, max: 1023, noNaN: true }),
      y: fc.double({ min: 0, max: 1023, noNaN: true }),
      vx: fc.double({ min: -63, max: 63, noNaN: true }),
      number: fc.nat(7),
      word: fc.constantFrom('', 'a', 'zoë'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      index,
      vx: fc.double({ min: -63, max: 63, noNaN: true }),
      number: fc.nat(7),
      word: fc.constantFrom('', 'b', 'ccc'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('aim' as const),
      index,
      at: fc.array(index, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('budget' as const),
      seat,
      bytes: fc.option(fc.integer({ min: 256, max: 4000 }), { nil: null }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('team' as const), seat, team: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('blind' as const), seat, isBlind: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give' as const), index, to: fc.option(seat, { nil: null }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reveal' as const),
      index,
      to: fc.oneof(seat, fc.constant(null), fc.record({ team: fc.integer({ min: 1, max: 3 }) })),
      shown: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('despawn' as const), index }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('snapshot' as const), times: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), times: fc.integer({ min: 60, max: 90 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ack' as const), seat }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), seat }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('resume' as const),
      seat,
      forgotten: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const), seat }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('view' as const),
      seat,
      area: fc.option(fc.record({ x: fc.nat(1023), y: fc.nat(1023), radius: fc.integer({ min: 50, max: 600 }) }), {
        nil: null,
      }),
    }),
  },
)
export type Command = typeof command extends fc.Arbitrary<infer T> ? T : never
