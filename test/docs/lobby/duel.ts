import { defineGame, defineSimulation, entity, field } from 'tickwire'
import type { TypesOf } from 'tickwire'

const place = field.fixed({ min: 0, max: 512, precision: 1 / 16 })

const schema = defineGame({
  name: 'lobby-duel',
  tickRateHz: 30,
  join: { name: field.text({ maxBytes: 24 }) },
  player: { name: field.text({ maxBytes: 24 }) },
  entities: {
    piece: entity({ x: place, y: place, secret: field.uint({ max: 9 }).to('owner') }, { position: ['x', 'y'] }),
  },
  // What whoever makes a room chooses: fixed from then on.
  options: { map: field.oneOf('dust', 'snow'), rounds: field.uint({ max: 9 }), skill: field.uint({ max: 100 }) },
  // What else lists show of a room: may change.
  metadata: { title: field.text({ maxBytes: 40 }), round: field.uint({ max: 9 }) },
  // What players show of themselves: each its own.
  profile: { colour: field.oneOf('red', 'blue', 'green'), isReady: field.bool() },
  // Queues, and what somebody who queues says of the match that it wants.
  queues: { ranked: { maps: field.list(field.oneOf('dust', 'snow'), { maxItems: 2 }) } },
})
export interface Duel extends TypesOf<typeof schema> {}

export const duel = defineSimulation<Duel>(schema, (world) => {
  // On snow pieces slide: both ends know the map from the first tick on.
  if (world.options.map === 'snow') for (const piece of world.all('piece')) piece.x = Math.min(500, piece.x + world.dt)
})
