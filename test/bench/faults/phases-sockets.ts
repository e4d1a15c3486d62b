import { defineRoom } from '@tickwire/server'
import type { Room, RoomType } from '@tickwire/server'
import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from '../report.ts'
import { faultsGame } from './game.ts'
import type { Faults } from './game.ts'
import { SocketScene, until } from './sockets.ts'
import type { SocketClient } from './sockets.ts'

const RESUME_WINDOW_MS = 1500
/** One way: the request to open takes two of these, hello and welcome two more. */
const LATENCY_MS = 20
const STEP_MS = 5
const PHASE_MS = 8 * LATENCY_MS
/** Real time, so several cases at once; each has a room of its own. */
const AT_ONCE = 11
const ROTATIONS = 200
const ROTATING = 50

const PHASES = ['join', 'resume', 'close'] as const
type Phase = (typeof PHASES)[number]

interface Findings {
  cases: number
  zombieSeats: number
  duplicatePlayers: number
  wrongOutcomes: number
}

/** Rooms by the key of their case, and who left them. */
class Rooms {
  readonly open = new Map<string, Room<Faults>>()
  left = 0

  type(resumeWindowMs: number): RoomType {
    return defineRoom(faultsGame, {
      resumeWindowMs,
      maxPlayers: 64,
      onCreate: (room) => void this.open.set(room.key ?? '', room),
      onDispose: (room) => void this.open.delete(room.key ?? ''),
      onLeave: () => void this.left++,
      onMessage: { count: () => {} },
    })
  }

  playersIn(key: string): number {
    return this.open.get(key)?.players.size ?? 0
  }
}

/** One life of a client, with a cut so many ms into this phase of it. */
async function play(scene: SocketScene, rooms: Rooms, phase: Phase, cutAfterMs: number, findings: Findings) {
  const key = `${phase} ${cutAfterMs}`
  const one = await scene.addClient({ latencyMs: LATENCY_MS })
  const { client, proxy } = one
  const cutLater = (): void => void setTimeout(() => proxy.cutAll(), cutAfterMs)
  const joining = client.joinOrCreate(faultsGame, { series: 1 }, { key })
  if (phase === 'join') cutLater()
  one.room = await joining.catch(() => null)
  if (phase === 'resume') {
    proxy.cutAll()
    cutLater()
  }
  // Behind the last cut; also where the join failed: a cut before there was any connection fails it.
  await pause(PHASE_MS + 100)
  await until(() => client.connection.phase !== 'resuming', 5)
  await pause(200)
  const isSeated = one.room !== null && client.connection.phase === 'online' && rooms.playersIn(key) === 1
  if (!isSeated && (phase !== 'join' || one.room !== null)) findings.wrongOutcomes++
  findings.duplicatePlayers += Math.max(0, rooms.playersIn(key) - 1)
  if (phase === 'close') cutLater()
  void client.close()
  one.room = null
  await pause(RESUME_WINDOW_MS + 500)
  findings.cases++
  findings.zombieSeats += rooms.playersIn(key)
}

async function cutEverywhere(findings: Findings): Promise<{ readonly linksLeft: number }> {
  const rooms = new Rooms()
  const scene = await SocketScene.start({ rooms: [rooms.type(RESUME_WINDOW_MS)], limits: { handshakeTimeoutMs: 1000 } })
  const cases = PHASES.flatMap((phase) =>
    Array.from({ length: PHASE_MS / STEP_MS + 1 }, (_, i) => [phase, i * STEP_MS] as const),
  )
  for (let i = 0; i < cases.length; i += AT_ONCE) {
    await Promise.all(cases.slice(i, i + AT_ONCE).map(([phase, ms]) => play(scene, rooms, phase, ms, findings)))
  }
  const { linksOnline, linksDropped } = scene.server.stats
  await scene.close()
  return { linksLeft: linksOnline + linksDropped }
}

/** Cuts each connection of a client when the server has issued the next token and the client does not hold it yet. */
async function rotate(one: SocketClient, times: number): Promise<void> {
  let cuts = 0
  one.onGreet = () => {
    if (cuts < times) setTimeout(() => one.proxy.cutAll(), 1.5 * LATENCY_MS)
    cuts++
  }
  one.proxy.cutAll()
  await until(() => cuts > times, 60)
  await until(() => one.client.connection.phase === 'online', 20)
}

async function rotations(): Promise<readonly Figure[]> {
  const rooms = new Rooms()
  const scene = await SocketScene.start({ rooms: [rooms.type(60_000)] })
  const clients: SocketClient[] = []
  for (let series = 0; series < ROTATING; series++) {
    const one = await scene.addClient({ latencyMs: LATENCY_MS })
    one.room = await one.client.joinOrCreate(faultsGame, { series })
    clients.push(one)
  }
  const resumesBefore = scene.server.stats.counters.resumes
  await Promise.all(clients.map((one) => rotate(one, ROTATIONS / ROTATING)))
  const kept = clients.filter(({ client }) => client.connection.phase === 'online').length
  const { resumes } = scene.server.stats.counters
  const lost = ROTATING - kept + rooms.left
  await scene.close()
  return [
    { name: 'phases.sockets.rotationsCut', value: resumes - resumesBefore, unit: 'resumes', must: `>= ${ROTATIONS}` },
    { name: 'phases.sockets.rotationsLost', value: lost, unit: `of ${ROTATIONS} seats`, must: '= 0' },
  ]
}

/** Cuts at every moment of the life of a seat, over real sockets. */
export async function phasesOverSockets(): Promise<readonly Figure[]> {
  const findings: Findings = { cases: 0, zombieSeats: 0, duplicatePlayers: 0, wrongOutcomes: 0 }
  const { linksLeft } = await cutEverywhere(findings)
  return [
    { name: 'phases.sockets.cases', value: findings.cases, unit: 'cuts', must: '' },
    { name: 'phases.sockets.zombieSeats', value: findings.zombieSeats, unit: 'seats', must: '= 0' },
    { name: 'phases.sockets.duplicatePlayers', value: findings.duplicatePlayers, unit: 'players', must: '= 0' },
    { name: 'phases.sockets.wrongOutcomes', value: findings.wrongOutcomes, unit: 'cases', must: '= 0' },
    { name: 'phases.sockets.linksLeft', value: linksLeft, unit: 'links', must: '= 0' },
    ...(await rotations()),
  ]
}
