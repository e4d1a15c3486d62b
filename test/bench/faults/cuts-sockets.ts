import { Random } from '@tickwire/protocol'
import { setTimeout as pause } from 'node:timers/promises'
import { median } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Ledger } from './game.ts'
import { wrongNumbers } from './numbers.ts'
import { SocketScene, until } from './sockets.ts'
import type { SocketClient } from './sockets.ts'

const CLIENTS = 20
const CUTS = 500
/** Of the ten minutes of the simulated run four: a client that is cut more often than every five seconds waits longer each time. */
const SECONDS = 240
const STEP_MS = 50
const NETWORK = { latencyMs: 30, jitterMs: 10 }

interface Player extends SocketClient {
  readonly heard: number[]
  sent: number
  cutAtMs: number | null
}

async function enter(scene: SocketScene, series: number, resumeMs: number[]): Promise<Player> {
  const one = await scene.addClient(NETWORK)
  const room = await one.client.joinOrCreate(faultsGame, { series })
  const player: Player = Object.assign(one, { room, heard: [], sent: 0, cutAtMs: null })
  room.onMessage('count', ({ n }) => player.heard.push(n))
  room.onConnection(({ phase }) => {
    if (phase !== 'online' || player.cutAtMs === null) return
    resumeMs.push(performance.now() - player.cutAtMs)
    player.cutAtMs = null
  })
  return player
}

interface Counts {
  cuts: number
  spoken: number
}

function shake(players: readonly Player[], { room }: Ledger, random: Random, counts: Counts): void {
  for (const player of players) if (random.next() < 0.5 && player.room!.send('count', { n: player.sent })) player.sent++
  room!.broadcast('count', { n: counts.spoken++ })
  if (counts.cuts === CUTS || random.next() >= (1.1 * CUTS * STEP_MS) / (1000 * SECONDS)) return
  const victim = players[random.int(0, players.length - 1)]!
  // What has no connection just now cannot be cut.
  if (!victim.proxy.cutRandom()) return
  victim.cutAtMs = performance.now()
  counts.cuts++
}

/** Random cuts over real sockets, through impairing proxies, while everybody counts aloud. */
export async function cutsOverSockets(): Promise<readonly Figure[]> {
  const ledger = newLedger()
  const scene = await SocketScene.start({ rooms: [faultsRoom(ledger)] })
  const random = new Random(500)
  const counts: Counts = { cuts: 0, spoken: 0 }
  const resumeMs: number[] = []
  const players = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => enter(scene, i, resumeMs)))
  const endMs = performance.now() + 1.5 * SECONDS * 1000
  while (counts.cuts < CUTS && performance.now() < endMs) {
    shake(players, ledger, random, counts)
    await pause(STEP_MS)
  }
  const isWhole = ({ heard, sent }: Player, i: number): boolean =>
    heard.length === counts.spoken && ledger.heard.get(i)?.length === sent
  await until(() => players.every(isWhole), 15)
  const up = players.reduce((sum, { sent }, i) => sum + wrongNumbers(ledger.heard.get(i) ?? [], 0, sent), 0)
  const down = players.reduce((sum, { heard }) => sum + wrongNumbers(heard, 0, counts.spoken), 0)
  const sent = players.reduce((sum, player) => sum + player.sent, counts.spoken * CLIENTS)
  const seatsLost = ledger.left.length
  await scene.close()
  return [
    { name: 'cuts.sockets.count', value: counts.cuts, unit: 'cuts', must: `>= ${CUTS}` },
    { name: 'cuts.sockets.numbers', value: sent, unit: 'messages', must: '' },
    { name: 'cuts.sockets.wrongUp', value: up, unit: 'messages', must: '= 0' },
    { name: 'cuts.sockets.wrongDown', value: down, unit: 'messages', must: '= 0' },
    { name: 'cuts.sockets.seatsLost', value: seatsLost, unit: 'seats', must: '= 0' },
    { name: 'cuts.sockets.medianResumeMs', value: median(resumeMs), unit: 'ms', must: '< 300' },
    { name: 'cuts.sockets.worstResumeMs', value: Math.max(...resumeMs), unit: 'ms', must: '' },
  ]
}
