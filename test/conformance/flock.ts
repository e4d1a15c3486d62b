/** A game with coded bodies, small enough for its tables to stand in the corpus. */
import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Room } from '@tickwire/server'

const place = field.fixed({ min: 0, max: 256, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })

export const flockSchema = defineGame({
  name: 'flock',
  tickRateHz: 60,
  snapshotRateHz: 20,
  compression: 'entropy',
  entities: {
    boid: entity(
      {
        x: place,
        vx: speed,
        angle: field.angle({ bits: 8 }),
        mood: field.oneOf('calm', 'wild', 'gone'),
        heat: field.f32(),
        depth: field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        level: field.int({ min: -3, max: 90 }),
        name: field.text({ maxBytes: 8 }),
      },
      { rates: { x: 'vx' }, trend: ['vx', 'angle'] },
    ),
  },
})

export interface Flock extends TypesOf<typeof flockSchema> {}

export const flock = defineSimulation<Flock>(flockSchema, (world) => {
  for (const boid of world.all('boid')) {
    boid.x = (boid.x + boid.vx * world.dt + 256) % 256
    if (boid.mood === 'wild') Object.assign(boid, { vx: -boid.vx * 0.99, angle: boid.angle - 0.3 })
    else Object.assign(boid, { vx: boid.vx + 0.04, angle: boid.angle + 0.1 })
    if (boid.vx > 60) boid.vx = -60
  }
})

const BOIDS = 3

function hatch(room: Room<Flock>, i: number): void {
  room.world.spawn('boid', { x: i * 60, vx: i * 20 - 20, angle: i, mood: 'calm', name: `b${i}` })
}

export const flockRoom = defineRoom(flock, {
  maxPlayers: 4,
  onCreate(room) {
    for (let i = 0; i < BOIDS; i++) hatch(room, i)
  },
  onTick(room) {
    const { tick } = room
    const all = [...room.world.all('boid')]
    const one = all[tick % all.length]
    if (one === undefined || tick % 7 !== 0) return
    one.mood = tick % 2 === 0 ? 'wild' : 'calm'
    if (tick % 5 === 0)
      Object.assign(one, { heat: room.random() * 10, name: `n${tick % 90}`, depth: -tick, level: tick % 90 })
    if (tick % 91 === 0) room.world.despawn(one)
    if (tick % 49 === 0) hatch(room, tick % 10)
  },
})
