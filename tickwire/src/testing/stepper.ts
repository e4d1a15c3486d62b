import { Random } from '@tickwire/protocol'
import type { Game, GameTypes } from '@tickwire/protocol'
import type { Client, JoinedRoom, JoinOptions, TokenStorage, Impairment } from '@tickwire/sdk'
import type { Connect, Transport, TransportHandlers, ImpairmentControls } from '@tickwire/sdk/internal'
import { Ends } from './ends.ts'
import type { Seam, ServerParts } from './ends.ts'
import { FakeClock } from './fake-clock.ts'
export interface StepperOptions extends ServerParts {
  /**
   * Where the two ends meet: `'transport'` (default): packets in memory; `'ws'`: real ws over streams in memory; `'datagram'`:
   * packets in memory, of which inputs and snapshots may be lost or overtake each other.
   */
  readonly seam?: Seam
  /** Every client's network; change it later with `client.network.set`. */
  readonly impair?: Impairment
  /** Clients to begin with (default 0): `join` makes those that it needs. */
  readonly clients?: number
  /** What all randomness of a run derives from (default 1): the same seed gives the same run. */
  readonly seed?: number
}

/** One client with its own network. */
export interface StepperClient<G extends GameTypes> {
  readonly client: Client
  /** `cut`, `stall`, `heal`, `set`: for this client alone. */
  readonly network: ImpairmentControls
  /** What survives a reload: give it to another client, and that one is the reloaded page. */
  readonly storage: TokenStorage
  /** The room that `run` advances; set by `join`. */
  room: JoinedRoom<G> | null
  /** Above 0: its timers fire at multiples of this only, as those of a hidden tab do (60,000 after five minutes). */
  timerGridMs: number
  /** Sees every packet that leaves. */
  onSend: ((packet: Uint8Array) => void) | null
  /** Sees every packet before the client does. */
  onReceive: ((packet: Uint8Array) => void) | null
}

export interface ClientParts {
  readonly storage?: TokenStorage
  readonly ticket?: string
  /** How fast its clock runs against the server's (default 1). */
  readonly clockRate?: number
  /** Puts something into its way to the server, before the impairment. */
  readonly through?: (connect: Connect) => Connect
}

export interface JoinParts<G extends GameTypes> extends JoinOptions<G> {
  /** Default: the first one without a room, or a new one. */
  readonly client?: StepperClient<G>
}

export interface RunOptions<G extends GameTypes> {
  /** Rendered frames per second (default 60). */
  readonly frameHz?: number
  /** What a player holds down in this frame (default nothing). */
  readonly input?: (room: JoinedRoom<G>, index: number) => Partial<G['input']>
  /** Called after each room's `advance`: what a game would draw, and what a test looks at. */
  readonly each?: (room: JoinedRoom<G>, index: number) => void
}

const FRAME_HZ = 60
const PATIENCE_SECONDS = 30
const LINGER_SECONDS = 10

/** Starts a stepper: one real server and as many real clients as you like, in one process, on a clock that you move. */
export function createStepper<G extends GameTypes>(options: StepperOptions): Stepper<G> {
  const clock = new FakeClock()
  const random = new Random(options.seed ?? 1)
  const ends = new Ends({ clock, random, seam: options.seam ?? 'transport' })
  ends.startServer(options)
  const stepper = new Stepper<G>(clock, ends, options.impair ?? {})
  for (let i = 0; i < (options.clients ?? 0); i++) stepper.addClient()
  return stepper
}

/**
 * The whole system in one process, on simulated time: minutes take seconds, and a seed always gives the same run.
 *
 *     const stepper = createStepper<Arena>({ rooms: [arenaRoom], impair: { latencyMs: 75, jitterMs: 30 } })
 *     const ada = await stepper.join(arena, { name: 'Ada' })
 *     await stepper.run(10, { input: () => ({ thrust: true }) })
 *     expect(ada.stats.corrections).toBe(0)
 *     await stepper.close()
 */
export class Stepper<G extends GameTypes> {
  readonly clock: FakeClock
  readonly clients: StepperClient<G>[] = []
  private readonly ends: Ends
  private readonly impairment: Impairment

  /** Use `createStepper`. */
  constructor(clock: FakeClock, ends: Ends, impairment: Impairment) {
    this.clock = clock
    this.ends = ends
    this.impairment = impairment
  }

  /** What the server logged so far, a line each. */
  get log(): readonly string[] {
    return this.ends.log
  }

  /** Starts another server, for redirects, and returns its address. */
  addServer(parts: ServerParts): string {
    return this.ends.startServer(parts)
  }

  addClient(parts: ClientParts = {}): StepperClient<G> {
    const storage = parts.storage ?? memoryStorage()
    const end = this.ends.connectClient({
      ...parts,
      storage,
      impairment: this.impairment,
      timerGridMs: () => client.timerGridMs,
      onSend: (packet) => client.onSend?.(packet),
      onReceive: (packet) => client.onReceive?.(packet),
    })
    const client: StepperClient<G> = { ...end, storage, room: null, timerGridMs: 0, onSend: null, onReceive: null }
    this.clients.push(client)
    return client
  }

  /** A connection without a client, for bytes that none of ours would send. */
  connectBare(handlers: TransportHandlers): Transport {
    return this.ends.connectBare(handlers)
  }

  /** Joins, or creates, a room with a client that has none yet; rejects as the client's own promise does. */
  async join(game: Game<G>, join: G['join'], { client, ...options }: JoinParts<G> = {}): Promise<JoinedRoom<G>> {
    const taken = client ?? this.clients.find(({ room }) => room === null) ?? this.addClient()
    taken.room = await this.until(taken.client.joinOrCreate(game, join, options))
    return taken.room
  }

  /** Lets time pass, frame by frame: each joined room is advanced once per frame, as a game's update function does. */
  async run(seconds: number, options: RunOptions<G> = {}): Promise<void> {
    const frames = Math.round(seconds * (options.frameHz ?? FRAME_HZ))
    await this.frames(frames, options, () => false)
  }

  /** Lets time pass until something holds. @throws Error when it still does not after so many seconds */
  async runUntil(holds: () => boolean, seconds: number, options: RunOptions<G> = {}): Promise<void> {
    const frames = Math.round(seconds * (options.frameHz ?? FRAME_HZ))
    const held = await this.frames(frames, options, holds)
    if (!held) throw new Error(`runUntil: not within ${seconds} s\n${this.report()}`)
  }

  /** Lets time pass until a promise is settled, and answers with what it gave. @throws Error when it takes too long */
  async until<T>(promise: Promise<T>, seconds: number = PATIENCE_SECONDS): Promise<T> {
    let isSettled = false
    const mark = (): void => void (isSettled = true)
    promise.then(mark, mark)
    await this.runUntil(() => isSettled, seconds)
    return promise
  }

  /** Moves the clock without drawing a frame, as in a tab that nobody looks at. */
  async sleep(seconds: number): Promise<void> {
    await this.advanceTo(this.clock.nowMs() + seconds * 1000)
  }

  /** Lets promises and streams finish what they can do without time. */
  async settle(): Promise<void> {
    await this.ends.settle()
  }

  /** The numbers of every client and the server's last words: for a test that failed. */
  report(): string {
    const stats = this.clients.map(({ room, client }, i) => {
      const numbers = room === null ? 'no room' : JSON.stringify(room.stats)
      return `client ${i}: ${client.connection.phase} ${numbers}`
    })
    return [`at ${this.clock.nowMs()} ms`, ...stats, ...this.log.slice(-10)].join('\n')
  }

  /** The first server's front door: for bytes that no client of ours sends, and for what it has counted. */
  get front(): Ends['front'] {
    return this.ends.front
  }

  /** Drains the first server and closes it; the promise needs time that passes (`until`). */
  drain(graceMs: number): Promise<void> {
    return this.ends.drain(graceMs)
  }

  /** Stops the servers while their clients are still there. */
  async stopServers(): Promise<void> {
    await this.until(this.ends.close())
  }

  /** Closes clients and server. @throws Error when one of them leaves a timer behind */
  async close(): Promise<void> {
    const closing = Promise.all(this.clients.map(({ client }) => client.close()))
    for (const { network } of this.clients) network.heal()
    for (const client of this.clients) client.room = null
    await this.until(closing)
    await this.until(this.ends.close())
    // What is on its way still arrives; who sets timers for ever has forgotten to stop.
    for (let seconds = 0; this.clock.pending > 0 && seconds < LINGER_SECONDS; seconds++) await this.sleep(1)
    if (this.clock.pending > 0) throw new Error(`close: ${this.clock.pending} timers are left behind\n${this.report()}`)
  }

  private async frames(count: number, options: RunOptions<G>, isOver: () => boolean): Promise<boolean> {
    const frameMs = 1000 / (options.frameHz ?? FRAME_HZ)
    const startMs = this.clock.nowMs()
    for (let frame = 1; frame <= count; frame++) {
      // Multiples from the start, so that a thousand frames are not off by a thousand roundings.
      await this.advanceTo(startMs + frame * frameMs)
      this.draw(options)
      if (isOver()) return true
    }
    return isOver()
  }

  private draw({ input, each }: RunOptions<G>): void {
    for (const [index, { room }] of this.clients.entries()) {
      if (room === null) continue
      room.advance(() => input?.(room, index) ?? {})
      each?.(room, index)
    }
  }

  /** Stops at each moment at which a timer is due: what it resolves is carried on before time passes. */
  private async advanceTo(untilMs: number): Promise<void> {
    for (;;) {
      await this.ends.settle()
      const { nextMs } = this.clock
      if (nextMs === null || nextMs > untilMs) break
      this.clock.advanceTo(nextMs)
    }
    this.clock.advanceTo(untilMs)
  }
}

function memoryStorage(): TokenStorage {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}
