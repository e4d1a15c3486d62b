import { defineGame, defineSimulation, entity, field, Random } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Room } from '@tickwire/server'
import { describe, expect, it } from 'vitest'
import { useStepper } from './seams.ts'

const start = useStepper()

/** Things that steer, stand, rename themselves, come and go; seen by all. */
function swarm(compression: 'packed' | 'entropy') {
  const place = field.fixed({ min: 0, max: 4096, precision: 1 / 16 })
  const speed = field.fixed({ min: -512, max: 512, precision: 1 / 32 })
  return defineGame({
    name: `swarm-${compression}`,
    tickRateHz: 60,
    snapshotRateHz: 20,
    compression,
    player: { score: field.uint({ max: 9999 }) },
    entities: {
      boid: entity(
        {
          x: place,
          y: place,
          vx: speed,
          vy: speed,
          mood: field.oneOf('calm', 'wild'),
          name: field.text({ maxBytes: 8 }),
        },
        { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, trend: ['vx', 'vy'] },
      ),
    },
  })
}
type Swarm = TypesOf<ReturnType<typeof swarm>>
type Boid = ReturnType<Room<Swarm>['world']['spawn']>

const BOIDS = 60

function steer(boid: Boid, random: Random): void {
  const turn = boid.mood === 'wild' ? 0.05 : 0
  const [vx, vy] = [boid.vx, boid.vy]
  boid.vx = vx * Math.cos(turn) - vy * Math.sin(turn)
  boid.vy = vx * Math.sin(turn) + vy * Math.cos(turn)
  boid.x = (boid.x + boid.vx / 60 + 4096) % 4096
  boid.y = (boid.y + boid.vy / 60 + 4096) % 4096
  if (random.next() < 0.01) boid.mood = boid.mood === 'wild' ? 'calm' : 'wild'
  if (random.next() < 0.001) boid.name = `b${random.int(0, 99)}`
}

/** What the test knows of the room, and whether its world stands still. */
interface Diary {
  room: Room<Swarm> | null
  isFrozen: boolean
}

function swarmRoom(compression: 'packed' | 'entropy', seed: number, diary: Diary) {
  const random = new Random(seed)
  const birth = (room: Room<Swarm>): void => {
    const angle = random.next() * 6.28
    const [x, y] = [random.next() * 4096, random.next() * 4096]
    room.world.spawn('boid', { x, y, vx: Math.cos(angle) * 120, vy: Math.sin(angle) * 120 })
  }
  return defineRoom(
    defineSimulation<Swarm>(swarm(compression), () => undefined),
    {
      onCreate(room) {
        diary.room = room
        for (let i = 0; i < BOIDS; i++) birth(room)
      },
      onTick(room) {
        if (diary.isFrozen) return
        const boids = [...room.world.all('boid')]
        for (const boid of boids) steer(boid, random)
        if (random.next() < 0.02) room.world.despawn(random.pick(boids))
        if (boids.length < BOIDS) birth(room)
      },
    },
  )
}

/** Plays for a while on bad networks, then lets the networks heal; says what it cost and whether all see the truth. */
async function play(compression: 'packed' | 'entropy', isStormy: boolean) {
  const diary: Diary = { room: null, isFrozen: false }
  const type = swarmRoom(compression, 7, diary)
  const stepper = start<Swarm>({ rooms: [type], seed: 3, impair: { latencyMs: 20, jitterMs: 5 } })
  const random = new Random(5)
  let bytes = 0
  for (let i = 0; i < 3; i++) await stepper.join(type.game, {})
  await stepper.run(5)
  stepper.clients[0]!.onReceive = (packet) => (bytes += packet.length)
  const each = (_room: unknown, index: number): void => {
    const { network } = stepper.clients[index]!
    const dice = isStormy ? random.int(0, 999) : 999
    if (dice < 2) network.cut()
    else if (dice < 6) network.stall(random.int(50, 900))
  }
  await stepper.run(40, { each })
  for (const { network } of stepper.clients) network.heal()
  diary.isFrozen = true
  for (const boid of diary.room!.world.all('boid')) boid.vx = boid.vy = 0
  await stepper.run(4)
  const near = (value: number): number => expect.closeTo(value, 1) as number
  const truth = [...diary.room!.world.all('boid')].map(({ id, name, mood, x, y }) => ({
    id,
    name,
    mood,
    x: near(x),
    y: near(y),
  }))
  const views = stepper.clients.map(({ room }) =>
    [...room!.view('boid')]
      .map(({ id, name, mood, x, y }) => ({ id, name, mood, x, y }))
      .toSorted((one, other) => one.id - other.id),
  )
  const log = stepper.log.filter((line) => / error |protocol/.test(line))
  return { bytes, views, truth, log }
}

describe('snapshots coded by models', () => {
  it('cost at least a quarter less than packed ones, tables included', async () => {
    const [packed, coded] = [await play('packed', false), await play('entropy', false)]
    expect(coded.log).toEqual([])
    expect(coded.bytes).toBeLessThan(packed.bytes * 0.75)
  })

  it('show the same world after cuts, stalls and skipped snapshots', async () => {
    const { views, truth, log } = await play('entropy', true)
    expect(log).toEqual([])
    expect(views).toHaveLength(3)
    for (const view of views) expect(view).toEqual(truth)
  })
})
