import { defineGame, field, Random } from '@tickwire/protocol'
import type { BenchWorld, MovingWorld, WorldHost } from './bench-world.ts'
import { flyingBody, Pilot, shipKind, TICK_RATE_HZ, WORLD_SIZE } from './flying.ts'
import type { Ship } from './flying.ts'

/** The idle workload: 1000 entities that mostly rest; 5 % move at a time, each for 2 s. */
const SHIPS = 1000
const BURST_TICKS = 2 * TICK_RATE_HZ
/** So that 50 of 1000 are on the move at any time. */
const STARTS_PER_TICK = (SHIPS * 0.05) / BURST_TICKS
const SHIP_SPEED = 150

class Idle implements MovingWorld {
  readonly count: number = SHIPS
  private readonly random: Random
  private readonly pilots: Pilot[] = []
  private readonly flying: { readonly pilot: Pilot; readonly restsAt: number }[] = []
  private tick = 0
  private owedStarts = 0

  constructor(host: WorldHost, seed: number) {
    this.random = new Random(seed)
    for (let i = 0; i < SHIPS; i++) {
      const [x, y] = [this.random.next() * WORLD_SIZE, this.random.next() * WORLD_SIZE]
      const ship = { ...flyingBody(this.random, x, y, 0), hp: 100, score: 0 }
      this.pilots.push(new Pilot(host.spawn('ship', ship) as Ship, SHIP_SPEED))
    }
  }

  get movedCount(): number {
    return this.flying.length
  }

  step(): void {
    this.tick++
    while (this.flying[0] !== undefined && this.flying[0].restsAt <= this.tick) this.flying.shift()!.pilot.stop()
    for (this.owedStarts += STARTS_PER_TICK; this.owedStarts >= 1; this.owedStarts--) this.start()
    for (const { pilot } of this.flying) pilot.fly(this.random)
  }

  private start(): void {
    const pilot = this.random.pick(this.pilots)
    if (this.flying.some((one) => one.pilot === pilot)) return
    pilot.setOff()
    this.flying.push({ pilot, restsAt: this.tick + BURST_TICKS })
  }
}

export const idleWorld: BenchWorld = {
  schema: defineGame({
    name: 'bench-idle',
    tickRateHz: TICK_RATE_HZ,
    snapshotRateHz: TICK_RATE_HZ,
    join: { name: field.text({ maxBytes: 24 }) },
    input: { thrust: field.bool(), turn: field.int({ min: -1, max: 1 }) },
    entities: { ship: shipKind },
  }),
  clients: 50,
  viewOf: () => null,
  create: (host, seed) => new Idle(host, seed),
}
