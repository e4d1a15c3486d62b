import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@tickwire/sdk'
import type { Client, JoinedRoom } from '@tickwire/sdk'
import { createProxy } from '@tickwire/sdk/testing'
import type { Impairment, Proxy } from '@tickwire/sdk/testing'
import { createGameServer } from '@tickwire/server'
import type { InputCounters } from '@tickwire/server'
import { Random } from '@tickwire/protocol'
import { WebSocket } from 'ws'
import type { Clock } from '../../../sdk/src/clock.ts'
import type { Connect } from '../../../sdk/src/connection/transport.ts'
import { realClock } from '../../../sdk/src/real-clock.ts'
import { createStepper } from 'tickwire/testing'
import { trackGame, trackRoom } from './track.ts'
import type { OnServerInput, OnTurn, Track } from './track.ts'

/** The network of one player, both ways. */
export interface Network {
  set(impairment: Impairment): void
  /** Nothing arrives for so long, then all at once. */
  stall(forMs: number): void
}

export interface Runner {
  readonly room: JoinedRoom<Track>
  readonly network: Network
  /** What its player holds down: -1, 0 or 1. */
  hold: () => -1 | 0 | 1
  /** Called after each of its frames. */
  onFrame: (() => void) | null
  /** False: its page is hidden and draws no frames; `onDark` is called instead. */
  isVisible: boolean
  onDark: (() => void) | null
}

export interface RunnerParts {
  readonly impair?: Impairment
  /** How fast its clock runs against the server's (default 1). */
  readonly clockRate?: number
  /** In simulated time: puts something into its way to the server. */
  readonly through?: (connect: Connect) => Connect
}

/** One server and some players, in simulated time or over TCP through a proxy: a scenario is written once for both. */
export interface Lab {
  readonly kind: 'virtual' | 'sockets'
  /** The server's clock. */
  nowMs(): number
  /** What became of inputs, of all players. */
  readonly inputCounters: Readonly<InputCounters>
  join(parts?: RunnerParts): Promise<Runner>
  /** Lets time pass; all visible players draw 60 frames per second. */
  run(seconds: number): Promise<void>
  close(): Promise<void>
}

/** In simulated time pages can be hidden: no frames, and timers only at multiples of `timerMs`. */
export interface VirtualLab extends Lab {
  hide(runner: Runner, timerMs: number): void
  show(runner: Runner): void
}

export interface LabParts {
  /** In simulated time: inputs and snapshots may be lost, or overtake each other. */
  readonly isDatagram?: boolean
  readonly drones?: number
  readonly seed?: number
  readonly onServerInput?: OnServerInput
  readonly onTurn?: OnTurn
}

/** As most displays do, which therefore meet the server's ticks at every phase in turn. */
const FRAME_HZ = 59.94
/** Makes a lab of one kind. */
export type LabMaker = (parts?: LabParts) => Promise<Lab>

const FRAME_MS = 1000 / FRAME_HZ

const ignore = (): void => undefined

function newRunner(room: JoinedRoom<Track>, network: Network): Runner {
  return { room, network, hold: () => 0, onFrame: null, onDark: null, isVisible: true }
}

function play({ room, hold, onFrame, onDark, isVisible }: Runner, nowMs: number): void {
  if (isVisible) room.advance(() => ({ x: hold(), sampledMs: Math.floor(nowMs) }))
  ;(isVisible ? onFrame : onDark)?.()
}

export async function virtualLab({
  drones = 0,
  seed = 1,
  isDatagram = false,
  ...told
}: LabParts = {}): Promise<VirtualLab> {
  const game = trackGame(told.onServerInput ?? ignore)
  const seam = isDatagram ? 'datagram' : 'transport'
  const stepper = createStepper<Track>({ rooms: [trackRoom(game, drones, told.onTurn ?? ignore)], seed, seam })
  const runners: Runner[] = []
  const hide = (runner: Runner, timerMs: number): void => {
    runner.isVisible = timerMs === 0
    stepper.clients[runners.indexOf(runner)]!.timerGridMs = timerMs
  }
  return {
    kind: 'virtual' as const,
    hide,
    show: (runner) => hide(runner, 0),
    nowMs: () => stepper.clock.nowMs(),
    get inputCounters() {
      return stepper.front.stats.inputs
    },
    async join({ impair = {}, clockRate = 1, through } = {}) {
      const client = stepper.addClient({ clockRate, ...(through && { through }) })
      client.network.set(impair)
      const room = await stepper.join(game, {}, { client })
      // The lab draws its frames: a page may be hidden.
      client.room = null
      const runner = newRunner(room, client.network)
      runners.push(runner)
      return runner
    },
    async run(seconds) {
      const [startMs, frames] = [stepper.clock.nowMs(), Math.round(seconds * FRAME_HZ)]
      for (let frame = 1; frame <= frames; frame++) {
        await stepper.sleep((startMs + frame * FRAME_MS - stepper.clock.nowMs()) / 1000)
        for (const runner of runners) play(runner, stepper.clock.nowMs())
      }
    },
    close: () => stepper.close(),
  }
}

export async function socketLab({ drones = 0, seed = 1, ...told }: LabParts = {}): Promise<Lab> {
  const game = trackGame(told.onServerInput ?? ignore)
  const rooms = [trackRoom(game, drones, told.onTurn ?? ignore)]
  const server = await createGameServer({ port: 0, host: '127.0.0.1', rooms, signals: false, log: 'silent' })
  const random = new Random(seed)
  const [clients, proxies, runners]: [Client[], Proxy[], Runner[]] = [[], [], []]
  return {
    kind: 'sockets',
    nowMs: () => realClock.nowMs(),
    get inputCounters() {
      return server.stats.inputs
    },
    async join({ impair = {}, clockRate = 1 } = {}) {
      const draws = random.fork(`client ${clients.length}`)
      const proxy = await createProxy({ target: server.url, impair, random: () => draws.next() })
      const client = createClient(proxy.url, { WebSocket, storage: null, clock: atRate(clockRate) })
      proxies.push(proxy)
      clients.push(client)
      const room = await client.joinOrCreate(game, {})
      const runner = newRunner(room, { set: (next) => proxy.impair(next), stall: (forMs) => proxy.stall(forMs) })
      runners.push(runner)
      return runner
    },
    async run(seconds) {
      const startMs = realClock.nowMs()
      for (;;) {
        // As a display does: a frame that is missed is not made up for.
        const frame = Math.floor((realClock.nowMs() - startMs) / FRAME_MS) + 1
        if (frame > seconds * FRAME_HZ) return
        await pause(startMs + frame * FRAME_MS - realClock.nowMs())
        for (const runner of runners) play(runner, realClock.nowMs())
      }
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()))
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await server.close()
    },
  }
}

function atRate(rate: number): Clock {
  if (rate === 1) return realClock
  return {
    nowMs: () => realClock.nowMs() * rate,
    setTimer: (fn, delayMs) => realClock.setTimer(fn, delayMs / rate),
  }
}
