import { defineGame, defineSimulation, entity, field } from 'tickwire'
import type { TypesOf } from 'tickwire'

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 8 })

const schema = defineGame({
  name: 'garden',
  tickRateHz: 20,
  join: { name: field.text({ maxBytes: 24 }) },
  player: { name: field.text({ maxBytes: 24 }), planted: field.uint({ max: 9999 }) },
  entities: { flower: entity({ x: place, y: place, ripeAt: field.tick() }, { position: ['x', 'y'], static: true }) },
  requests: { plant: { ask: { x: place, y: place }, reply: {} } },
})
export interface Garden extends TypesOf<typeof schema> {}

export const garden = defineSimulation<Garden>(schema, () => undefined)
