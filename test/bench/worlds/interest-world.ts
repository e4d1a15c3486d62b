import { defineGame, field, Random } from '@tickwire/protocol'
import type { BenchWorld, Circle, MovingWorld, WorldHost } from './bench-world.ts'
import { flyingBody, Pilot, shipKind, TICK_RATE_HZ, WORLD_SIZE } from './flying.ts'
import type { Ship } from './flying.ts'

/** The interest workload: 2000 ships, all moving, and clients that each see a circle of it, which moves too. */
const SHIPS = 2000
const SHIP_SPEED = 150
const VIEW_RADIUS = 400
const VIEW_SPEED = 150

class Crowd implements MovingWorld {
  readonly count: number = SHIPS
  readonly movedCount: number = SHIPS
  private readonly random: Random
  private readonly pilots: Pilot[] = []

  constructor(host: WorldHost, seed: number) {
    this.random = new Random(seed)
    for (let i = 0; i < SHIPS; i++) {
      const [x, y] = [this.random.next() * WORLD_SIZE, this.random.next() * WORLD_SIZE]
      const ship = { ...flyingBody(this.random, x, y, SHIP_SPEED), hp: 100, score: 0 }
      this.pilots.push(new Pilot(host.spawn('ship', ship) as Ship, SHIP_SPEED))
    }
  }

  step(): void {
    for (const pilot of this.pilots) pilot.fly(this.random)
  }
}

/** Straight on, and back from the edges: where a seat looks is known to whoever checks what it sees. */
function viewOf(seat: number, tick: number): Circle {
  const random = new Random(seat)
  const [x, y] = [random.next() * WORLD_SIZE, random.next() * WORLD_SIZE]
  const angle = random.next() * Math.PI * 2
  const way = (VIEW_SPEED * tick) / TICK_RATE_HZ
  return { x: bounced(x + Math.cos(angle) * way), y: bounced(y + Math.sin(angle) * way), radius: VIEW_RADIUS }
}

function bounced(coordinate: number): number {
  const turn = 2 * WORLD_SIZE
  const at = ((coordinate % turn) + turn) % turn
  return at < WORLD_SIZE ? at : turn - at
}

export const interestWorld: BenchWorld = {
  schema: defineGame({
    name: 'bench-interest',
    tickRateHz: TICK_RATE_HZ,
    snapshotRateHz: TICK_RATE_HZ,
    join: { name: field.text({ maxBytes: 24 }) },
    input: { thrust: field.bool(), turn: field.int({ min: -1, max: 1 }) },
    entities: { ship: shipKind },
  }),
  clients: 100,
  viewOf,
  create: (host, seed) => new Crowd(host, seed),
}
