import type { GameTypes } from '@tickwire/protocol'
import { readPacket, SERVER_MESSAGE } from '@tickwire/protocol/internal'
import { arena } from '../../games/arena/arena.ts'
import type { Arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'
import { hunt } from '../../games/pilots.ts'
import { createStepper } from 'tickwire/testing'
import type { RunOptions, Stepper, StepperClient } from 'tickwire/testing'
import { median } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Faults } from './game.ts'

const AWAY_SECONDS = [0.3, 2, 5] as const
const ROUNDS = 9
const STONES = 300
const PLAYERS = 8

/** Counts the bytes from the welcome to the first snapshot: what it takes to have the world. */
function meter(client: { onReceive: StepperClient<Arena>['onReceive'] }): () => number {
  let bytes = 0
  let isOpen = false
  client.onReceive = (packet) => {
    const ids: number[] = []
    readPacket(packet, (id) => ids.push(id))
    if (ids.includes(SERVER_MESSAGE.welcome)) [bytes, isOpen] = [0, true]
    if (isOpen) bytes += packet.length
    if (ids.includes(SERVER_MESSAGE.snapshot)) isOpen = false
  }
  return () => bytes
}

interface World<G extends GameTypes> {
  readonly name: string
  readonly stepper: Stepper<G>
  /** Brings a client into the world; its name is of the same length each time. */
  readonly join: (client: StepperClient<G>) => Promise<unknown>
  readonly frame: RunOptions<G>
}

/** Bytes of a resume after an absence, and of a join beside it: the world has gone on, and what a newcomer is told now counts. */
async function once<G extends GameTypes>(
  { stepper, join, frame, name }: World<G>,
  client: StepperClient<G>,
  taken: () => number,
  seconds: number,
): Promise<readonly [resume: number, join: number]> {
  client.network.stall(Infinity)
  client.network.cut()
  await stepper.run(seconds, frame)
  client.network.heal()
  await stepper.runUntil(() => client.client.connection.phase === 'online', 20, frame)
  const joinBytes = await joinNow({ name, stepper, join, frame })
  return [taken(), joinBytes]
}

/** Medians of several absences each: how much there is to tell differs from one moment to the next. */
async function measure<G extends GameTypes>(world: World<G>): Promise<Figure[]> {
  const { name, stepper, join, frame } = world
  const client = stepper.addClient()
  const taken = meter(client)
  await join(client)
  await stepper.run(5, frame)
  const figures: Figure[] = []
  for (const seconds of AWAY_SECONDS) {
    const rounds: (readonly [number, number])[] = []
    for (let i = 0; i < ROUNDS; i++) rounds.push(await once(world, client, taken, seconds))
    const [resumeBytes, joinBytes] = [0, 1].map((part) => median(rounds.map((round) => round[part]!))) as [
      number,
      number,
    ]
    const isRest = name === 'resting' && seconds === 5
    const must = isRest ? `< ${Math.ceil(joinBytes / 5)}` : `<= ${joinBytes}`
    figures.push(
      { name: `resume.${name}.joinBeside${seconds}s`, value: joinBytes, unit: 'B', must: '' },
      { name: `resume.${name}.after${seconds}s`, value: resumeBytes, unit: 'B', must },
    )
  }
  await stepper.close()
  return figures
}

async function joinNow<G extends GameTypes>({ stepper, join, frame }: World<G>): Promise<number> {
  const newcomer = stepper.addClient()
  const taken = meter(newcomer)
  await join(newcomer)
  await stepper.until(newcomer.room!.leave())
  newcomer.room = null
  await newcomer.client.close()
  await stepper.run(2, frame)
  return taken()
}

async function arenaWorld(): Promise<World<Arena>> {
  const stepper = createStepper<Arena>({ rooms: [arenaRoom], impair: { latencyMs: 30 } })
  for (let i = 1; i < PLAYERS; i++) await stepper.join(arena, { name: `P${i}` })
  const join = (client: StepperClient<Arena>): Promise<unknown> => stepper.join(arena, { name: 'Ada' }, { client })
  return { name: 'arena', stepper, join, frame: { input: hunt } }
}

function restingWorld(): World<Faults> {
  const rooms = [faultsRoom(newLedger(), { stones: STONES })]
  const stepper = createStepper<Faults>({ rooms, impair: { latencyMs: 30 } })
  const join = (client: StepperClient<Faults>): Promise<unknown> => stepper.join(faultsGame, { series: 1 }, { client })
  return { name: 'resting', stepper, join, frame: {} }
}

/** What coming back costs, in bytes. */
export async function resume(): Promise<readonly Figure[]> {
  return [...(await measure(await arenaWorld())), ...(await measure(restingWorld()))]
}
