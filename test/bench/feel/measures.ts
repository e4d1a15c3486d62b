import { least, mean, most } from '../numbers.ts'
import type { Lab, Runner } from './lab.ts'
import { LEGAL_SPEED, TICK_MS, TICKS_PER_SNAPSHOT } from './track.ts'
import type { OnServerInput } from './track.ts'

interface Simulated {
  readonly atMs: number
  readonly ageMs: number
  readonly tick: number
  readonly x: number
}

/** A packet holds the inputs of two ticks: the older one waits a tick at the client, the newer one at the server. */
const PACKETS_OWN_TICKS = 1

/** What the server simulated of each player, and how old each input was by then: the whole way from frame to simulation. */
export class ServerSide {
  private readonly bySeat = new Map<number, Simulated[]>()
  private readonly lastSampled = new Map<number, number>()
  private readonly nowMs: () => number
  private newestTick = 0
  private newestAtMs = 0

  constructor(nowMs: () => number) {
    this.nowMs = nowMs
  }

  readonly onServerInput: OnServerInput = (seat, tick, { sampledMs }, x) => {
    const atMs = this.nowMs()
    const isNew = this.lastSampled.get(seat) !== sampledMs && sampledMs > 0
    this.lastSampled.set(seat, sampledMs)
    const rows = this.bySeat.get(seat) ?? []
    this.newestTick = tick
    this.newestAtMs = atMs
    // An input that is repeated for a missing one is no input.
    rows.push({ atMs, ageMs: isNew ? atMs - sampledMs : Number.NaN, tick, x })
    this.bySeat.set(seat, rows)
  }

  /** The server's time in ticks, as far as its newest tick and the time since then tell. */
  get ticksNow(): number {
    return this.newestTick + (this.nowMs() - this.newestAtMs) / TICK_MS
  }

  newestX(seat: number): number {
    return this.bySeat.get(seat)?.at(-1)?.x ?? Number.NaN
  }

  private xAt(seat: number, tick: number): number {
    const rows = this.bySeat.get(seat) ?? []
    return rows[tick - (rows[0]?.tick ?? 0)]?.x ?? Number.NaN
  }

  of(seat: number, fromMs: number, toMs: number): readonly Simulated[] {
    return (this.bySeat.get(seat) ?? []).filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
  }

  /** Where a player was at a tick with fraction, by the snapshots around it, which end with ticks of that phase. */
  betweenSnapshots(seat: number, tick: number, phase: number): number {
    const from = Math.floor((tick - phase) / TICKS_PER_SNAPSHOT) * TICKS_PER_SNAPSHOT + phase
    const [a, b] = [this.xAt(seat, from), this.xAt(seat, from + TICKS_PER_SNAPSHOT)]
    return a + ((b - a) * (tick - from)) / TICKS_PER_SNAPSHOT
  }

  /** Mean ticks that inputs waited at the server in that time, on a way up of `upMs`, without what their packets take. */
  queueTicks(seat: number, fromMs: number, toMs: number, upMs: number): number {
    const ages = this.of(seat, fromMs, toMs).flatMap(({ ageMs }) => (Number.isNaN(ageMs) ? [] : [ageMs]))
    return (mean(ages) - upMs) / TICK_MS - PACKETS_OWN_TICKS
  }

  /** Units that a player moved in the ticks of that time, divided by what is legal. */
  distancePart(seat: number, fromMs: number, toMs: number): number {
    const rows = this.of(seat, fromMs, toMs)
    const [first, last] = [rows[0]!, rows.at(-1)!]
    return Math.abs(last.x - first.x) / (((last.tick - first.tick) * TICK_MS * LEGAL_SPEED) / 1000)
  }
}

/** Over real sockets a frame comes when the machine gets to it, so that one alone tells little. */
const LEAST_MS = { virtual: 0, sockets: 50 }

/** The picture that one player has of another, frame by frame: how fast it moves, where 1 is as fast as it does. */
export class Motion {
  /** Negative: back. */
  readonly speeds: number[] = []
  private readonly leastMs: number
  private last: { readonly x: number; readonly atMs: number } | null = null

  constructor(lab: Lab, viewer: Runner, seen: number) {
    this.leastMs = LEAST_MS[lab.kind]
    viewer.onFrame = () => {
      for (const { owner, x } of viewer.room.view('runner')) if (owner === seen) this.add(x, lab.nowMs())
    }
  }

  get least(): number {
    return least(this.speeds)
  }

  get most(): number {
    return most(this.speeds)
  }

  clear(): void {
    this.speeds.length = 0
  }

  private add(x: number, atMs: number): void {
    const { last } = this
    if (last !== null && atMs - last.atMs < this.leastMs) return
    if (last !== null) this.speeds.push(((x - last.x) * 1000) / (LEGAL_SPEED * (atMs - last.atMs)))
    this.last = { x, atMs }
  }
}
