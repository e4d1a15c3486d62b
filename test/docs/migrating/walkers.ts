import { defineGame, defineSimulation, entity, field } from 'tickwire'
import type { TypesOf } from 'tickwire'

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 32 })
const axis = field.int({ min: -1, max: 1 })
const text = field.text({ maxBytes: 200 })

const schema = defineGame({
  name: 'walkers',
  tickRateHz: 30,
  join: { name: field.text({ maxBytes: 24 }) },
  player: { name: field.text({ maxBytes: 24 }) },
  entities: { walker: entity({ x: place, y: place }, { position: ['x', 'y'], predict: 'owner' }) },
  input: { moveX: axis, moveY: axis },
  messages: { chat: { toServer: { text }, toClient: { from: field.seat(), text } } },
  requests: { cheer: { ask: { times: field.uint({ max: 3 }) }, reply: { heardBy: field.uint({ max: 1023 }) } } },
})
export interface Walkers extends TypesOf<typeof schema> {}

// Runs on both ends.
export const walkers = defineSimulation<Walkers>(schema, (world) => {
  for (const walker of world.all('walker')) {
    const { moveX, moveY } = world.inputOf(walker)
    walker.x += moveX * 200 * world.dt
    walker.y += moveY * 200 * world.dt
  }
})
