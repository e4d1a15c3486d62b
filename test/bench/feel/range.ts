import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { Game, Place, TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Room } from '@tickwire/server'

const place = field.fixed({ min: -2048, max: 2048, precision: 1 / 32 })
const speed = field.fixed({ min: -512, max: 512, precision: 1 / 32 })
const body = { x: place, y: place, vx: speed, vy: speed }
const moving = { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' } } as const

const TICK_RATE_HZ = 60
/** How fast the targets are, in units per second, and how large. */
const TARGET_SPEED = 200
export const TARGET_RADIUS = 14
const STRAFE_SPEED = 100
const RANGE_UNITS = 2000
/** Targets cross from one side to the other; behind this line is cover. */
const SIDE = 600
export const COVER_X = 300
const TURN_RADIUS = 100

/** A shooter that strafes, and targets that cross its sight, turn in circles, or run into cover. */
const rangeSchema = defineGame({
  name: 'range',
  tickRateHz: TICK_RATE_HZ,
  snapshotRateHz: 20,
  join: {},
  player: {},
  entities: {
    shooter: entity(body, { ...moving, predict: 'owner' }),
    target: entity(body, moving),
  },
  input: { strafe: field.int({ min: -1, max: 1 }), fire: field.press(), aimX: place, aimY: place },
  events: { shot: { x: place, y: place, aimX: place, aimY: place } },
})

export interface Range extends TypesOf<typeof rangeSchema> {}

export interface Shot {
  readonly tick: number
  readonly from: Place
  readonly aim: Place
}

/** What the server made of a shot. */
export interface Verdict {
  readonly tick: number
  /** The target that it hit, or null. */
  readonly id: number | null
  /** How long that target had been behind cover in the server's present, in ms; 0: it was not. */
  readonly coveredMs: number
}

/** A game whose server says of each shot what it hit. */
export class RangeGame {
  readonly verdicts: Verdict[] = []
  readonly game: Game<Range>
  readonly room: ReturnType<typeof defineRoom>
  private fired: (Shot & { readonly seat: number })[] = []
  /** Since which tick a target is behind cover. */
  private readonly coveredAt = new Map<number, number>()

  /** @param way how targets move */
  constructor(way: 'crossing' | 'turning') {
    const { fired } = this
    this.game = defineSimulation<Range>(rangeSchema, (world) => {
      for (const shooter of world.all('shooter')) {
        const { strafe, fire, aimX, aimY } = world.inputOf(shooter)
        shooter.vx = strafe * STRAFE_SPEED
        shooter.x += shooter.vx * world.dt
        if (!fire) continue
        world.emit('shot', { x: shooter.x, y: shooter.y, aimX, aimY }, { at: shooter })
        const shot = { tick: world.tick, from: { x: shooter.x, y: shooter.y }, aim: { x: aimX, y: aimY } }
        if (world.authority && shooter.owner !== null) fired.push({ ...shot, seat: shooter.owner })
      }
    })
    this.room = defineRoom(this.game, {
      onCreate: (room) => {
        for (let i = 0; i < 4; i++) room.world.spawn('target', { x: -SIDE + 300 * i, y: 200 + 120 * i })
      },
      onJoin: (room, player) => void room.world.spawn('shooter', { x: 0, y: 0 }, { owner: player }),
      onTick: (room) => {
        this.moveTargets(room, way)
        for (const { seat, ...shot } of fired.splice(0)) this.judge(room, seat, shot)
      },
    })
  }

  private moveTargets(room: Room<Range>, way: 'crossing' | 'turning'): void {
    const { dt, tick } = room.world
    let n = 0
    for (const target of room.world.all('target')) {
      const turned = (tick * dt * TARGET_SPEED) / TURN_RADIUS + n++
      target.vx = way === 'crossing' ? target.vx || TARGET_SPEED : TARGET_SPEED * Math.cos(turned)
      target.vy = way === 'crossing' ? 0 : TARGET_SPEED * Math.sin(turned)
      target.x += target.vx * dt
      target.y += target.vy * dt
      if (way === 'crossing' && Math.abs(target.x) > SIDE) target.vx = -Math.sign(target.x) * TARGET_SPEED
      if (target.x < COVER_X) this.coveredAt.delete(target.id)
      else if (!this.coveredAt.has(target.id)) this.coveredAt.set(target.id, tick)
    }
  }

  private judge(room: Room<Range>, seat: number, { tick, from, aim }: Shot): void {
    const player = room.players.get(seat)!
    const to = endOf(from, aim)
    const hit = room.rewind(player, (past) => past.ray('target', from, to, { radius: TARGET_RADIUS }))
    // Where it is hit is where the shooter saw it: what it saw behind cover is covered.
    const isHit = hit !== null && hit.x < COVER_X
    const since = isHit ? this.coveredAt.get(hit.entity.id) : undefined
    const coveredMs = since === undefined ? 0 : ((tick - since) * 1000) / TICK_RATE_HZ
    this.verdicts.push({ tick, id: isHit ? hit.entity.id : null, coveredMs })
  }
}

/** Where a shot ends that hits nothing. */
export function endOf(from: Place, aim: Place): { x: number; y: number } {
  const length = Math.hypot(aim.x - from.x, aim.y - from.y)
  const part = RANGE_UNITS / length
  return { x: from.x + (aim.x - from.x) * part, y: from.y + (aim.y - from.y) * part }
}

interface Seen extends Place {
  readonly id: number
}

/** The first of the targets on a screen that a shot passes within their radius, and that is not behind cover, or null. */
export function hitOnScreen(from: Place, aim: Place, seen: readonly Seen[]): number | null {
  const length = Math.hypot(aim.x - from.x, aim.y - from.y)
  const [dx, dy] = [(aim.x - from.x) / length, (aim.y - from.y) / length]
  let best: { id: number | null; along: number } = { id: null, along: Infinity }
  for (const { id, x, y } of seen) {
    const along = (x - from.x) * dx + (y - from.y) * dy
    const off = Math.abs((x - from.x) * dy - (y - from.y) * dx)
    if (along < 0 || off > TARGET_RADIUS) continue
    const entry = along - Math.sqrt(TARGET_RADIUS ** 2 - off ** 2)
    if (entry < best.along) best = { id: x < COVER_X ? id : null, along: entry }
  }
  return best.id
}
