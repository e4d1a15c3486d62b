/** A game with more to tell than its budget allows: sparse snapshots. */
import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Room } from '@tickwire/server'

const place = field.fixed({ min: 0, max: 512, precision: 1 / 16 })
const speed = field.fixed({ min: -128, max: 128, precision: 1 / 32 })

export const swarmSchema = defineGame({
  name: 'swarm',
  tickRateHz: 20,
  snapshotRateHz: 20,
  entities: {
    bee: entity(
      {
        x: place,
        y: place,
        vx: speed,
        vy: speed,
        angle: field.angle({ bits: 8 }),
        load: field.uint({ max: 90 }),
        name: field.text({ maxBytes: 6 }),
      },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, trend: ['vx', 'vy', 'angle'] },
    ),
    leaf: entity(
      { at: field.vec3({ min: 0, max: 512, precision: 1 / 4 }), pose: field.quaternion({ bits: 9 }) },
      { position: ['at'], trend: ['pose'] },
    ),
  },
})

export interface Swarm extends TypesOf<typeof swarmSchema> {}

export const swarm = defineSimulation<Swarm>(swarmSchema, (world) => {
  for (const bee of world.all('bee')) {
    bee.x = (bee.x + bee.vx * world.dt + 512) % 512
    bee.y = (bee.y + bee.vy * world.dt + 512) % 512
  }
})

const BEES = 40
const SPEED = 60

function hatch(room: Room<Swarm>, i: number): void {
  const angle = room.random() * Math.PI * 2
  const [x, y] = [room.random() * 512, room.random() * 512]
  room.world.spawn('bee', { x, y, vx: Math.cos(angle) * SPEED, vy: Math.sin(angle) * SPEED, angle, name: `b${i}` })
}

export const swarmRoom = defineRoom(swarm, {
  maxPlayers: 2,
  bytesPerSecond: 700,
  onCreate(room) {
    for (let i = 0; i < BEES; i++) hatch(room, i)
    for (let i = 0; i < 4; i++) room.world.spawn('leaf', { at: { x: i * 50, y: 100, z: i } })
  },
  onTick(room) {
    for (const player of room.players.values()) player.view = { x: 150 + room.tick, y: 200, radius: 140 }
    for (const [i, bee] of [...room.world.all('bee')].entries()) {
      if ((i + Math.floor(room.tick / 16)) % 3 !== 0) turn(bee, 0.12)
      if ((i + room.tick) % 50 === 0) Object.assign(bee, { load: room.tick % 90, name: `n${room.tick}` })
      if ((i + room.tick) % 900 === 0) room.world.despawn(bee)
    }
    for (const leaf of room.world.all('leaf')) {
      leaf.pose = { x: room.random(), y: room.random() - 0.5, z: room.random(), w: room.random() }
    }
    if (room.tick % 30 === 0) hatch(room, room.tick)
  },
})

function turn(bee: { vx: number; vy: number; angle: number }, by: number): void {
  bee.angle += by
  bee.vx = Math.cos(bee.angle) * SPEED
  bee.vy = Math.sin(bee.angle) * SPEED
}
