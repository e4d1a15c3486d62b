import { Random } from '@tickwire/protocol'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Faults } from './game.ts'
import { heldBytes } from './heap.ts'

const HOURS = 30
const ROUND_SECONDS = 60
const PLAYERS = 3
const FRAME_HZ = 20
/** The engine compiles and caches during the first rounds. */
const WARM_UP_ROUNDS = 200

/** One round of three players: they join, drop, come back or do not, leave or just go away. */
async function round(stepper: Stepper<Faults>, random: Random): Promise<void> {
  const untilMs = stepper.clock.nowMs() + ROUND_SECONDS * 1000
  for (let series = 0; series < PLAYERS; series++) await stepper.join(faultsGame, { series })
  await stepper.run(2, { frameHz: FRAME_HZ, input: () => ({ x: 1 }) })
  for (const { network, room } of stepper.clients) {
    if (random.next() < 0.5) network.cut()
    room?.send('count', { n: 1 })
  }
  await stepper.run(2, { frameHz: FRAME_HZ })
  for (const { client, room, network } of stepper.clients) {
    if (random.next() < 0.3) network.cut()
    if (random.next() < 0.5) await stepper.until(room!.leave())
    await client.close()
  }
  // The harness itself remembers clients and lines.
  stepper.clients.length = 0
  ;(stepper.log as string[]).length = 0
  await stepper.sleep((untilMs - stepper.clock.nowMs()) / 1000)
}

/** Days of coming and going: what grows here would end a server some night. */
export async function soak(): Promise<readonly Figure[]> {
  const ledger = newLedger()
  const rooms = [faultsRoom(ledger, { resumeWindowMs: 10_000 })]
  const stepper = createStepper<Faults>({ rooms, impair: { latencyMs: 20 } })
  const random = new Random(30)
  const rounds = (HOURS * 3600) / ROUND_SECONDS
  let [timers, heap] = [0, 0]
  for (let i = 0; i < rounds; i++) {
    await round(stepper, random)
    ledger.heard.clear()
    ledger.left.length = 0
    if (i === WARM_UP_ROUNDS) [timers, heap] = [stepper.clock.pending, await heldBytes()]
  }
  const seats = ledger.room?.players.size ?? 0
  const { linksOnline, linksDropped } = stepper.front.stats
  const growth = { timers: stepper.clock.pending - timers, bytes: (await heldBytes()) - heap }
  await stepper.close()
  return [
    { name: 'soak.rounds', value: rounds, unit: `of ${PLAYERS} players, ${HOURS} simulated hours`, must: '' },
    { name: 'soak.seatsLeft', value: seats, unit: 'seats', must: '= 0' },
    { name: 'soak.linksLeft', value: linksOnline + linksDropped, unit: 'links', must: '= 0' },
    { name: 'soak.timerGrowth', value: growth.timers, unit: 'timers', must: '<= 0' },
    { name: 'soak.heapGrowth', value: growth.bytes / 1024, unit: 'KiB without compiled code', must: '<= 64' },
  ]
}
