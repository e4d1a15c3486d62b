import { Random } from '@tickwire/protocol'
import type { Place } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import { createStepper } from 'tickwire/testing'
import type { Figure } from '../report.ts'
import { COVER_X, hitOnScreen, RangeGame, TARGET_RADIUS } from './range.ts'
import type { Range } from './range.ts'

const SECONDS = 60
const JITTER_MS = 5
/** Longer than the cap: then the server's word counts, and it is the victim's. */
const FAR_RTT_MS = 500

/** Shots at what is on the screen, by a player far away: how many of those that hit there hit on the server. */
export async function shots(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const rttMs of [80, 200])
    for (const way of ['crossing', 'turning'] as const) figures.push(...(await fair(rttMs, way)))
  return [...figures, ...(await covered())]
}

async function fair(rttMs: number, way: 'crossing' | 'turning'): Promise<Figure[]> {
  const { onScreen, agreed } = await shoot(rttMs, way, ANY)
  const name = `shots.rtt${rttMs}.${way}`
  return [
    { name: `${name}.hitsOnScreen`, value: onScreen, unit: 'shots', must: '>= 100' },
    { name: `${name}.ofThemOnServer`, value: (100 * agreed) / onScreen, unit: '%', must: '>= 98' },
  ]
}

/** Aimed at what runs into cover, by one who sees it late, and by one who sees it so late that it aims ahead. */
async function covered(): Promise<Figure[]> {
  const [late, tooLate] = [await shoot(200, 'crossing', LATE), await shoot(FAR_RTT_MS, 'crossing', AHEAD)]
  const coveredMs = [...late.coveredMs, ...tooLate.coveredMs]
  return [
    { name: 'shots.cover.hitsBehindIt', value: coveredMs.length, unit: 'shots', must: '>= 20' },
    { name: 'shots.cover.longestBehindIt', value: Math.max(0, ...coveredMs), unit: 'ms', must: '<= 400' },
  ]
}

interface Outcome {
  readonly onScreen: number
  /** Of them, those that hit the same target on the server. */
  readonly agreed: number
  /** How long the targets that were hit had been behind cover, if they were. */
  readonly coveredMs: readonly number[]
}

interface Aim {
  readonly framesPerShot: number
  /** How far beside its target it is aimed. */
  readonly off: (random: Random) => number
  /** Whether a target is worth a shot. */
  readonly at: (target: Place) => boolean
}

/** A little more than a target's radius at most, so that some miss. */
const ANY: Aim = { framesPerShot: 6, off: (random) => (random.next() * 2 - 1) * 1.5 * TARGET_RADIUS, at: () => true }
const nearCover = ({ x }: Place): boolean => x < COVER_X && x > COVER_X - 120
const LATE: Aim = { ...ANY, framesPerShot: 2, at: nearCover }
/** As far as a target runs in half a second. */
const AHEAD: Aim = { ...LATE, off: (random) => random.next() * 100 }

async function shoot(rttMs: number, way: 'crossing' | 'turning', aim: Aim): Promise<Outcome> {
  const range = new RangeGame(way)
  const random = new Random(rttMs)
  const impair = { latencyMs: (rttMs - JITTER_MS) / 2, jitterMs: JITTER_MS }
  const stepper = createStepper<Range>({ rooms: [range.room], impair, seed: rttMs })
  const room = await stepper.join(range.game, {})
  const screen = new Screen(room)
  await stepper.run(5)
  let frame = 0
  await stepper.run(SECONDS, { frameHz: 59.94, input: () => screen.sample(frame++, aim, random) })
  await stepper.run(1)
  await stepper.close()
  const verdicts = new Map(range.verdicts.map((verdict) => [verdict.tick, verdict]))
  const hits = screen.hits.filter(({ id }) => id !== null)
  return {
    onScreen: hits.length,
    agreed: hits.filter(({ tick, id }) => verdicts.get(tick)?.id === id).length,
    coveredMs: range.verdicts.flatMap(({ coveredMs }) => (coveredMs > 0 ? [coveredMs] : [])),
  }
}

/** What the shooter sees and does. */
class Screen {
  readonly hits: { readonly tick: number; readonly id: number | null }[] = []
  private readonly room: JoinedRoom<Range>
  private seen: readonly { readonly id: number; readonly x: number; readonly y: number }[] = []

  constructor(room: JoinedRoom<Range>) {
    this.room = room
    room.onEvent('shot', ({ x, y, aimX, aimY }, { tick, predicted }) => {
      if (predicted) this.hits.push({ tick, id: hitOnScreen({ x, y }, { x: aimX, y: aimY }, this.seen) })
    })
  }

  /** Strafes, and shoots now and then at a target. */
  sample(frame: number, { framesPerShot, off, at }: Aim, random: Random): Partial<Range['input']> {
    const { room } = this
    // The picture that the player looks at is that of the last frame.
    this.seen = [...room.view('target')].map(({ id, x, y }) => ({ id, x, y }))
    const strafe = Math.floor(frame / 40) % 2 === 0 ? 1 : -1
    const targets = this.seen.filter(at)
    const target = targets[random.int(0, Math.max(0, targets.length - 1))]
    if (frame % framesPerShot !== 0 || target === undefined) return { strafe }
    return { strafe, fire: true, aimX: target.x + off(random), aimY: target.y }
  }
}
