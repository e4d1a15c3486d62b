import { Random } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import { createStepper } from 'tickwire/testing'
import type { Stepper, StepperClient } from 'tickwire/testing'
import { median } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Faults, Ledger } from './game.ts'
import { wrongNumbers } from './numbers.ts'

const CLIENTS = 20
const SECONDS = 600
const CUTS = 500
const FRAME_HZ = 20

interface Player {
  readonly client: StepperClient<Faults>
  readonly room: JoinedRoom<Faults>
  readonly heard: number[]
  sent: number
  /** When its connection was cut, until it is back. */
  cutAtMs: number | null
}

interface Tally {
  cuts: number
  spoken: number
  readonly resumeMs: number[]
}

async function enter(stepper: Stepper<Faults>, series: number, tally: Tally): Promise<Player> {
  const client = stepper.addClient()
  const room = await stepper.join(faultsGame, { series }, { client })
  const player: Player = { client, room, heard: [], sent: 0, cutAtMs: null }
  room.onMessage('count', ({ n }) => player.heard.push(n))
  room.onConnection(({ phase }) => {
    if (phase !== 'online' || player.cutAtMs === null) return
    tally.resumeMs.push(stepper.clock.nowMs() - player.cutAtMs)
    player.cutAtMs = null
  })
  return player
}

/** One frame of everybody: numbers both ways, and sometimes a cut. */
function shake(players: readonly Player[], ledger: Ledger, random: Random, tally: Tally, nowMs: number): void {
  for (const player of players) if (random.next() < 0.1 && player.room.send('count', { n: player.sent })) player.sent++
  if (random.next() < 0.2) ledger.room!.broadcast('count', { n: tally.spoken++ })
  if (tally.cuts === CUTS || random.next() >= (1.05 * CUTS) / (SECONDS * FRAME_HZ)) return
  // Also one that is not back yet: a reconnect may be cut like anything else.
  const victim = players[random.int(0, players.length - 1)]!
  victim.client.network.cut()
  victim.cutAtMs = nowMs
  tally.cuts++
}

/** Random cuts while everybody counts aloud. */
export async function cuts(): Promise<readonly Figure[]> {
  const ledger = newLedger()
  const impair = { latencyMs: 30, jitterMs: 10 }
  const stepper = createStepper<Faults>({ rooms: [faultsRoom(ledger)], impair, seed: 5 })
  const random = new Random(500)
  const tally: Tally = { cuts: 0, spoken: 0, resumeMs: [] }
  const players: Player[] = []
  for (let i = 0; i < CLIENTS; i++) players.push(await enter(stepper, i, tally))
  const each = (_room: unknown, index: number): void => {
    if (index === 0) shake(players, ledger, random, tally, stepper.clock.nowMs())
  }
  await stepper.run(SECONDS, { frameHz: FRAME_HZ, each })
  await stepper.run(10, { frameHz: FRAME_HZ })
  const up = players.map(({ sent }, series) => wrongNumbers(ledger.heard.get(series) ?? [], 0, sent))
  const down = players.map(({ heard }) => wrongNumbers(heard, 0, tally.spoken))
  const seatsLost = ledger.left.length
  const sent = players.reduce((sum, player) => sum + player.sent, tally.spoken * CLIENTS)
  await stepper.close()
  return [
    { name: 'cuts.count', value: tally.cuts, unit: 'cuts', must: `>= ${CUTS}` },
    { name: 'cuts.numbers', value: sent, unit: 'messages', must: '' },
    { name: 'cuts.wrongUp', value: sum(up), unit: 'messages', must: '= 0' },
    { name: 'cuts.wrongDown', value: sum(down), unit: 'messages', must: '= 0' },
    { name: 'cuts.seatsLost', value: seatsLost, unit: 'seats', must: '= 0' },
    { name: 'cuts.medianResumeMs', value: median(tally.resumeMs), unit: 'ms', must: '< 300' },
    { name: 'cuts.worstResumeMs', value: Math.max(...tally.resumeMs), unit: 'ms', must: '' },
  ]
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
