import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { SimWorld, TypesOf } from '@tickwire/protocol'

/** A game with a bit of everything and no rules, for tests that bring their own. */
export const smallSchema = defineGame({
  name: 'small',
  tickRateHz: 20,
  snapshotRateHz: 10,
  join: { name: field.text({ maxBytes: 8 }) },
  state: { score: field.uint({ max: 99 }) },
  player: {
    name: field.text({ maxBytes: 8 }),
    gold: field.uint({ max: 99 }).to('owner'),
    role: field.uint({ max: 9 }).to('revealed'),
  },
  entities: {
    ball: entity(
      {
        x: field.fixed({ min: 0, max: 100, precision: 1 / 16 }),
        y: field.fixed({ min: 0, max: 100, precision: 1 / 16 }),
        vx: field.fixed({ min: -64, max: 64, precision: 1 / 16 }),
        tag: field.text({ maxBytes: 4 }),
      },
      { position: ['x', 'y'], rates: { x: 'vx' }, predict: 'owner' },
    ),
    coin: entity(
      {
        x: field.fixed({ min: 0, max: 100, precision: 1 / 16 }),
        y: field.fixed({ min: 0, max: 100, precision: 1 / 16 }),
      },
      { position: ['x', 'y'], static: true },
    ),
    card: entity(
      { face: field.uint({ max: 51 }).to('revealed'), spot: field.vec2({ min: 0, max: 100, precision: 1 / 4 }) },
      { position: ['spot'] },
    ),
    flag: entity({ isUp: field.bool() }),
  },
  input: { right: field.bool(), fire: field.press() },
  events: {
    bang: {
      x: field.fixed({ min: 0, max: 100, precision: 1 / 16 }),
      y: field.fixed({ min: 0, max: 100, precision: 1 / 16 }),
      word: field.text({ maxBytes: 4 }),
    },
  },
  messages: {
    say: { toServer: { text: field.text({ maxBytes: 20 }) }, toClient: { text: field.text({ maxBytes: 20 }) } },
    note: { toClient: { n: field.uint({ max: 9 }) } },
  },
  requests: { ask: { ask: { n: field.uint({ max: 9 }) }, reply: { n: field.uint({ max: 9 }) } } },
})
export interface Small extends TypesOf<typeof smallSchema> {}

/** The game with a simulation of the test's own. */
export const smallGame = (step: (world: SimWorld<Small>) => void = () => undefined) =>
  defineSimulation<Small>(smallSchema, step)

export const handlers = {
  onMessage: { say: () => undefined },
  onRequest: { ask: () => ({ n: 0 }) },
}
