import { LIMITS } from '@tickwire/protocol'
import { createStepper } from 'tickwire/testing'
import type { Stepper, StepperClient } from 'tickwire/testing'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Faults, Ledger } from './game.ts'

/** Short, so that what is left behind shows soon. */
const RESUME_WINDOW_MS = 2000
/** One way; a reconnect takes two round trips to open and one for hello and welcome. */
const LATENCY_MS = 20
/** Cuts every so many ms, from the first moment of a phase to well behind its end. */
const STEP_MS = 5
const PHASE_MS = 10 * LATENCY_MS
const FRAME_HZ = 20
const ROTATIONS = 200

const PHASES = ['join', 'resume', 'close'] as const
type Phase = (typeof PHASES)[number]

interface Findings {
  cases: number
  zombieSeats: number
  duplicatePlayers: number
  wrongOutcomes: number
  leaks: number
}

interface Scene {
  readonly stepper: Stepper<Faults>
  readonly client: StepperClient<Faults>
  readonly ledger: Ledger
}

function newScene(resumeWindowMs: number): Scene {
  const ledger = newLedger()
  const rooms = [faultsRoom(ledger, { resumeWindowMs })]
  const stepper = createStepper<Faults>({ rooms, impair: { latencyMs: LATENCY_MS } })
  return { stepper, client: stepper.addClient(), ledger }
}

const playersIn = ({ ledger }: Scene): number => ledger.room?.players.size ?? 0

/** One life of a client, with a cut so many ms into this phase of it. */
async function play(scene: Scene, phase: Phase, cutAfterMs: number, findings: Findings): Promise<void> {
  const { stepper, client } = scene
  const { clock } = stepper
  const cutLater = (ms: number): void => void clock.setTimer(() => client.network.cut(), ms)
  const joining = client.client.joinOrCreate(faultsGame, { series: 1 }).then(
    (room) => (client.room = room),
    () => null,
  )
  if (phase === 'join') cutLater(cutAfterMs)
  const room = await stepper.until(joining)
  if (phase === 'resume') {
    client.network.cut()
    cutLater(cutAfterMs)
  }
  await stepper.run(1.5, { frameHz: FRAME_HZ })
  // A join whose connection never came about fails, and tells so; everything else ends in a seat.
  const isSeated = room !== null && client.client.connection.phase === 'online'
  if (!isSeated && (phase !== 'join' || room !== null)) findings.wrongOutcomes++
  findings.duplicatePlayers += Math.max(0, playersIn(scene) - 1)
  if (phase === 'close') cutLater(cutAfterMs)
  void client.client.close()
  client.room = null
  await stepper.run(RESUME_WINDOW_MS / 1000 + 2, { frameHz: FRAME_HZ })
}

async function cutIn(phase: Phase, cutAfterMs: number, findings: Findings): Promise<void> {
  const scene = newScene(RESUME_WINDOW_MS)
  findings.cases++
  await play(scene, phase, cutAfterMs, findings)
  findings.zombieSeats += playersIn(scene)
  // Fails when a timer is left behind.
  await scene.stepper.close().catch(() => findings.leaks++)
}

/** A cut between the server's new token and the client's storing of it. */
async function rotations(): Promise<number> {
  // Long enough for the backoff of many attempts in a row.
  const scene = newScene(LIMITS.resumeWindowMs)
  const { stepper, client, ledger } = scene
  const room = await stepper.join(faultsGame, { series: 1 }, { client })
  const { seat } = room
  let lost = 0
  for (let i = 0; i < ROTATIONS; i++) {
    let isGreeting = true
    // The first packet of the new connection is the hello: its welcome leaves a trip later and arrives after another.
    client.onSend = () => {
      if (isGreeting) stepper.clock.setTimer(() => client.network.cut(), 1.5 * LATENCY_MS)
      isGreeting = false
    }
    client.network.cut()
    await stepper.runUntil(() => !isGreeting, 20, { frameHz: FRAME_HZ })
    await stepper.run(0.5, { frameHz: FRAME_HZ })
    await stepper.runUntil(() => client.client.connection.phase !== 'resuming', 40, { frameHz: FRAME_HZ })
    if (client.client.connection.phase !== 'online' || room.seat !== seat || ledger.left.length > 0) lost++
  }
  client.onSend = null
  await stepper.close()
  return lost
}

/** Cuts at every moment of the life of a seat. */
export async function phases(): Promise<readonly Figure[]> {
  const findings: Findings = { cases: 0, zombieSeats: 0, duplicatePlayers: 0, wrongOutcomes: 0, leaks: 0 }
  for (const phase of PHASES) {
    for (let ms = 0; ms <= PHASE_MS; ms += STEP_MS) await cutIn(phase, ms, findings)
  }
  return [
    { name: 'phases.cases', value: findings.cases, unit: 'cuts', must: '' },
    { name: 'phases.zombieSeats', value: findings.zombieSeats, unit: 'seats', must: '= 0' },
    { name: 'phases.duplicatePlayers', value: findings.duplicatePlayers, unit: 'players', must: '= 0' },
    { name: 'phases.wrongOutcomes', value: findings.wrongOutcomes, unit: 'cases', must: '= 0' },
    { name: 'phases.leaks', value: findings.leaks, unit: 'cases', must: '= 0' },
    { name: 'phases.rotationsLost', value: await rotations(), unit: `of ${ROTATIONS} seats`, must: '= 0' },
  ]
}
