import { least, most, p99 } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { weave } from './clean.ts'
import { virtualLab } from './lab.ts'
import { ServerSide } from './measures.ts'
import { LEGAL_SPEED } from './track.ts'

const HIDDEN_SECONDS = 60
/** As browsers do with the timers of a page that nobody sees. */
const HIDDEN_TIMER_MS = 1000
const NETWORK = { latencyMs: 35, jitterMs: 10 }

/** A page that nobody saw for a minute: the first picture is of now, and the first key works. */
export async function hidden(): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const lab = await virtualLab({ seed: 13, onServerInput: server.onServerInput })
  const mover = await lab.join({ impair: { latencyMs: 10 } })
  const player = await lab.join({ impair: NETWORK })
  mover.hold = () => 1
  player.hold = weave(lab)
  const lags: number[] = []
  player.onFrame = () => {
    for (const { owner, x } of player.room.view('runner')) {
      if (owner === mover.room.seat) lags.push(((server.newestX(owner) - x) * 1000) / LEGAL_SPEED)
    }
  }
  await lab.run(5)
  const usualLag = p99(lags)
  lab.hide(player, HIDDEN_TIMER_MS)
  await lab.run(HIDDEN_SECONDS)
  lags.length = 0
  lab.show(player)
  const visibleMs = lab.nowMs()
  await lab.run(3)
  const first = server.of(player.room.seat, visibleMs, Infinity).find(({ ageMs, atMs }) => atMs - ageMs >= visibleMs)
  const { starvedTicks } = player.room.stats
  await lab.run(3)
  const starvedLater = player.room.stats.starvedTicks - starvedTicks
  await lab.close()
  return [
    { name: 'hidden.othersUsualLag', value: usualLag, unit: 'ms', must: '' },
    { name: 'hidden.othersMostLag', value: most(lags), unit: 'ms', must: '<= 300' },
    { name: 'hidden.othersLeastLag', value: least(lags), unit: 'ms', must: '>= 0' },
    { name: 'hidden.inputAliveAfter', value: (first?.atMs ?? Infinity) - visibleMs, unit: 'ms', must: '<= 300' },
    { name: 'hidden.starvedLater', value: starvedLater, unit: 'ticks', must: '<= 2' },
  ]
}
