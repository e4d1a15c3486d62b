import type { Game, GameTypes } from '@tickwire/protocol'
import { BitReader } from '@tickwire/protocol/internal'
import type { SnapshotHeader } from '@tickwire/protocol/internal'
import { openJoinedRoom } from '../../sdk/src/joined-room.ts'
import type { OpenedRoom } from '../../sdk/src/joined-room.ts'
import type { JoinedRoom } from '../../sdk/src/room-api.ts'
import { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'
import { Authority } from './authority.ts'
import { FakeLink } from './fake-link.ts'

export interface Network {
  /** Way of a packet, in ms; asked for each one. */
  readonly upMs: () => number
  readonly downMs: () => number
  /** Frames per second of the page. */
  readonly frameRateHz: number
}

const FRAME_RATE_HZ = 60
export const SEAT = 0

/**
 * One client's room against an authority, on one stepped clock, with a network of given delays that keeps the order. The
 * client's clock sync is exact, so that what a test sees is the room's doing.
 */
export class RoomSetup<G extends GameTypes> {
  readonly clock = new FakeClock()
  readonly authority: Authority<G>
  readonly link: FakeLink
  readonly opened: OpenedRoom<G>
  readonly room: JoinedRoom<G>
  readonly reports: { readonly message: string; readonly error: unknown }[] = []
  sample: () => Partial<G['input']> = () => ({})
  /** Called behind each frame. */
  onFrame: () => void = () => undefined
  /** No packet arrives in either direction before this time: a stall of TCP. */
  stalledUntilMs = 0
  /** False: the page is hidden. */
  draws = true
  /** True: the server sends nothing, as in a room where nothing changes. */
  isQuiet = false
  private readonly network: Network
  private readonly startMs: number
  private readonly tickMs: number
  private lastUpMs = 0
  private lastDownMs = 0
  private slack: number | null = null
  private starved = 0
  private hasInputs = false
  private readonly arrived = new Set<number>()

  constructor(
    game: Game<G>,
    network: Partial<Network> = {},
    prepare: (authority: Authority<G>) => void = () => undefined,
  ) {
    this.network = { upMs: () => 0, downMs: () => 0, frameRateHz: FRAME_RATE_HZ, ...network }
    this.authority = new Authority(game)
    this.tickMs = 1000 / game.schema.tickRateHz
    this.startMs = this.clock.nowMs()
    this.authority.addPlayer(SEAT)
    prepare(this.authority)
    this.link = new FakeLink(game.schema, this.clock, (nowMs) => this.serverTicks(nowMs))
    this.link.sync.rttMs = this.network.upMs() + this.network.downMs()
    this.link.onInputs = ({ inputs }) => this.sendUp(inputs)
    const joined = {
      type: 'joined',
      channel: 0,
      roomId: 'r1',
      epoch: 7,
      seat: SEAT,
      tick: 0,
      simulationSeed: this.authority.seed,
    } as const
    this.opened = openJoinedRoom(game, joined, this.link, (message, error) => this.reports.push({ message, error }))
    this.room = this.opened.room
    this.clock.setTimer(() => this.tick(), this.tickMs)
    this.clock.setTimer(() => this.frame(), 1000 / this.network.frameRateHz)
  }

  run(ms: number): void {
    this.clock.advance(ms)
  }

  /** Room time on the server. */
  serverTicks(nowMs: number): number {
    return (nowMs - this.startMs) / this.tickMs
  }

  private tick(): void {
    this.clock.setTimer(() => this.tick(), this.startMs + (this.authority.tick + 2) * this.tickMs - this.clock.nowMs())
    this.authority.step()
    const { tick } = this.authority
    if (this.hasInputs && !this.arrived.delete(tick)) this.starved++
    if (tick % this.authority.codec.schema.ticksPerSnapshot === 0 && !this.isQuiet) this.sendSnapshot()
  }

  private sendSnapshot(): void {
    const feedback: Partial<SnapshotHeader> = { slackTicks: this.slack, starvedTicks: this.starved }
    this.slack = null
    this.starved = 0
    const bytes = this.authority.snapshot(SEAT, feedback)
    this.lastDownMs = this.arrival(this.lastDownMs, this.network.downMs())
    this.clock.setTimer(() => this.receive(bytes), this.lastDownMs - this.clock.nowMs())
  }

  receive(bytes: Uint8Array): void {
    // The link has read the channel.
    const reader = new BitReader(bytes)
    reader.bits(4, 'channel')
    this.opened.receiveSnapshot(reader, this.clock.nowMs())
  }

  private sendUp(inputs: Parameters<FakeLink['onInputs']>[0]['inputs']): void {
    this.lastUpMs = this.arrival(this.lastUpMs, this.network.upMs())
    this.clock.setTimer(() => {
      this.hasInputs = true
      const time = this.serverTicks(this.clock.nowMs())
      for (const input of inputs) {
        const slack = input.tick - time
        this.slack = Math.min(this.slack ?? slack, slack)
        if (input.tick > this.authority.tick) this.arrived.add(input.tick)
        this.authority.input(SEAT, input)
      }
    }, this.lastUpMs - this.clock.nowMs())
  }

  /** Packets keep their order, and wait out a stall. */
  private arrival(lastMs: number, delayMs: number): number {
    return Math.max(lastMs, this.stalledUntilMs, this.clock.nowMs() + delayMs)
  }

  private frame(): void {
    this.clock.setTimer(() => this.frame(), 1000 / this.network.frameRateHz)
    if (!this.draws) return
    this.room.advance(this.sample)
    this.onFrame()
  }
}
