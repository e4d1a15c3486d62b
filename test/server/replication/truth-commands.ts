import * as fc from 'fast-check'
import { KINDS, PLAYERS } from './truth-game.ts'

const seat = fc.nat(PLAYERS - 1)
const index = fc.nat(30)
/** Everything that can happen to a world and its clients. */
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mismatch' as const), seat }) },
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
