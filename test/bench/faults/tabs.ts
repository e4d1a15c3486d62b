import type { JoinedRoom } from '@tickwire/sdk'
import type { SameUser } from '../../../server/src/link/links.ts'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Faults } from './game.ts'
import { SocketScene, until } from './sockets.ts'

interface Rule {
  readonly sameUser: SameUser
  /** Seats when both have tried, and which of the two are online then. */
  readonly seats: number
  readonly online: readonly [boolean, boolean]
}

const RULES: readonly Rule[] = [
  { sameUser: 'allow', seats: 2, online: [true, true] },
  { sameUser: 'replace', seats: 1, online: [false, true] },
  { sameUser: 'refuse', seats: 1, online: [true, false] },
]

/** The same user in two tabs, each with a storage of its own, under one rule. */
async function twice({ sameUser, seats, online }: Rule): Promise<readonly Figure[]> {
  const ledger = newLedger()
  const authenticate = (ticket: string): { id: string } => ({ id: ticket })
  const scene = await SocketScene.start({ rooms: [faultsRoom(ledger)], authenticate, sameUser })
  const rooms: (JoinedRoom<Faults> | null)[] = []
  for (const series of [1, 2]) {
    const one = await scene.addClient({}, 'ada')
    rooms.push((one.room = await one.client.joinOrCreate(faultsGame, { series }).catch(() => null)))
  }
  const [first, second] = scene.clients
  // Who was replaced has a word from the server on its way.
  await until(() => (first!.client.connection.phase === 'online') === online[0], 2)
  const found = [first!, second!].map(({ client, room }) => room !== null && client.connection.phase === 'online')
  const series = [...(ledger.room?.players.values() ?? [])].map(({ state }) => state.series)
  const expected = online.flatMap((isOnline, i) => (isOnline ? [i + 1] : []))
  const stolen = series.filter((one) => !expected.includes(one)).length
  await scene.close()
  return [
    { name: `tabs.${sameUser}.seats`, value: series.length, unit: 'seats', must: `= ${seats}` },
    { name: `tabs.${sameUser}.stolenSeats`, value: stolen, unit: 'seats', must: '= 0' },
    {
      name: `tabs.${sameUser}.wrongEnds`,
      value: found.filter((isOnline, i) => isOnline !== online[i]).length,
      unit: 'tabs',
      must: '= 0',
    },
  ]
}

/** Two tabs of one user, by each rule. Copies of a tab need a browser: `test/e2e/tabs.test.ts`. */
export async function tabs(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const rule of RULES) figures.push(...(await twice(rule)))
  return figures
}
