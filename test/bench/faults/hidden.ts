import type { JoinedRoom } from '@tickwire/sdk'
import { createStepper } from 'tickwire/testing'
import type { Stepper, StepperClient } from 'tickwire/testing'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Faults, Ledger } from './game.ts'

const HIDDEN_SECONDS = 600
/** What Chromium grants the timers of a tab that has been hidden for five minutes. */
const TIMER_GRID_MS = 60_000
/** Shorter than a seat is kept, longer than silence is borne. */
const SLEEP_SECONDS = 20

interface Scene {
  readonly stepper: Stepper<Faults>
  readonly client: StepperClient<Faults>
  readonly room: JoinedRoom<Faults>
  readonly ledger: Ledger
}

/** At the seam of real WebSockets: the platform answers pings also for a page whose timers do not run. */
async function newScene(): Promise<Scene> {
  const ledger = newLedger()
  const rooms = [faultsRoom(ledger, { stones: 10 })]
  const stepper = createStepper<Faults>({ rooms, seam: 'ws', impair: { latencyMs: 30 } })
  ledger.onTick = () => {
    for (const stone of ledger.room!.world.all('stone')) stone.x = (stone.x + 3) % 900
  }
  const client = stepper.addClient()
  const room = await stepper.join(faultsGame, { series: 1 }, { client })
  await stepper.run(5)
  return { stepper, client, room, ledger }
}

/** The player looks again and says something: how long until all have heard it, the player too, and what was lost. */
async function comeBack(name: string, { stepper, client, room, ledger }: Scene): Promise<Figure[]> {
  const fromMs = stepper.clock.nowMs()
  let echoes = 0
  room.onMessage('count', () => echoes++)
  room.send('count', { n: 0 })
  let isEchoed = false
  const echo = (): void => {
    if (isEchoed || ledger.heard.get(1) === undefined) return
    isEchoed = true
    ledger.room!.broadcast('count', { n: 0 })
  }
  await stepper.runUntil(() => echoes > 0, 60, { each: echo })
  const tookMs = stepper.clock.nowMs() - fromMs
  await stepper.run(2)
  const figures = [
    { name: `hidden.${name}.echoAfter`, value: tookMs, unit: 'ms', must: '<= 2000' },
    { name: `hidden.${name}.resumes`, value: room.stats.resumes, unit: 'resumes', must: '' },
    { name: `hidden.${name}.seats`, value: ledger.room?.players.size ?? 0, unit: 'seats', must: '= 1' },
    { name: `hidden.${name}.seatsLost`, value: ledger.left.length, unit: 'seats', must: '= 0' },
    { name: `hidden.${name}.heard`, value: ledger.heard.get(1)?.length ?? 0, unit: 'of 1 message', must: '= 1' },
  ]
  client.timerGridMs = 0
  await stepper.close()
  return figures
}

/** No frames, and timers once a minute. */
async function hiddenTab(): Promise<Figure[]> {
  const scene = await newScene()
  scene.client.timerGridMs = TIMER_GRID_MS
  await scene.stepper.sleep(HIDDEN_SECONDS)
  scene.client.timerGridMs = 0
  return comeBack('tab', scene)
}

/** The lid is shut: no frames, no timers, nothing arrives; the clock has jumped when it opens. */
async function sleep(): Promise<Figure[]> {
  const scene = await newScene()
  scene.client.timerGridMs = SLEEP_SECONDS * 1000
  scene.client.network.stall(Infinity)
  await scene.stepper.sleep(SLEEP_SECONDS)
  scene.client.network.heal()
  scene.client.timerGridMs = 0
  return comeBack('sleep', scene)
}

/** What a page lives through when nobody looks at it. */
export async function hidden(): Promise<readonly Figure[]> {
  return [...(await hiddenTab()), ...(await sleep())]
}
