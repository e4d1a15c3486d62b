// What both ends know: the schema, and one tick of the game.
import { defineGame, defineSimulation, entity, field } from 'tickwire'
import type { TypesOf } from 'tickwire'

export const WIDTH = 800
export const HEIGHT = 600
export const RADIUS = 14
const SPEED = 260
const DASH_TICKS = 8

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 16 })
const speed = field.fixed({ min: -1024, max: 1024, precision: 1 / 16 })
const axis = field.int({ min: -1, max: 1 })

const schema = defineGame({
  name: 'coins',
  tickRateHz: 60,
  join: { name: field.text({ maxBytes: 32 }) },
  player: { name: field.text({ maxBytes: 32 }), coins: field.uint({ max: 999 }) },
  entities: {
    hero: entity(
      { x: place, y: place, vx: speed, vy: speed, hue: field.uint({ max: 359 }), dashUntil: field.tick() },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' },
    ),
    coin: entity({ x: place, y: place }, { position: ['x', 'y'], static: true }),
  },
  input: { right: axis, down: axis, dash: field.press() },
  events: { taken: { x: place, y: place } },
})

export interface Coins extends TypesOf<typeof schema> {}

/** Runs on the server for all, and in each browser for its own hero: the same bits on both ends. */
export const coins = defineSimulation<Coins>(schema, (world) => {
  for (const hero of world.all('hero')) {
    const { right, down, dash } = world.inputOf(hero)
    if (dash) hero.dashUntil = world.tick + DASH_TICKS
    const pace = world.tick < hero.dashUntil ? 3 * SPEED : SPEED
    hero.vx = right * pace
    hero.vy = down * pace
    hero.x = Math.min(Math.max(hero.x + hero.vx * world.dt, RADIUS), WIDTH - RADIUS)
    hero.y = Math.min(Math.max(hero.y + hero.vy * world.dt, RADIUS), HEIGHT - RADIUS)
  }
})
