import { LIMITS } from '@tickwire/protocol'
import type { Game, GameTypes } from '@tickwire/protocol'
import { readSnapshotBody, readSnapshotHeader, replicaOf } from '@tickwire/protocol/internal'
import type { BitReader, GameCodec, SeatClaim, Replica } from '@tickwire/protocol/internal'
import type { CloseInfo, JoinedRoom } from '@tickwire/sdk'
import type { Joined, RoomLink, RoomReceiver } from '@tickwire/sdk/internal'

/** As the SDK does by default. */
const INPUT_RATE_HZ = 30
/** Ticks ahead of the server's time and the way to it that inputs are made for. */
const LEAD_TICKS = 3

/** What a bot is asked for, once a tick; fields left out are neutral. */
export type Sample = () => object

/** The numbers that both modes of a bot have. */
export interface BotStats {
  readonly rttMs: number
  readonly snapshotAgeMs: number
  readonly slackTicks: number
  readonly bytesInPerSecond: number
  readonly bytesOutPerSecond: number
  readonly starvedTicks: number
  readonly resumes: number
}

/**
 * A seat that is played with as little work as the server cannot tell from a player: every snapshot is decoded and
 * acknowledged and inputs are sent in time, but nothing is predicted, interpolated or shown. The link is the real one.
 */
export class LightRoom implements RoomReceiver {
  readonly ready: Promise<void>
  /** Resolves when the seat is gone for good. */
  readonly left: Promise<CloseInfo>
  private readonly game: Game<GameTypes>
  private readonly joined: Joined
  private readonly link: RoomLink
  private readonly replica: Replica
  private readonly ticksPerPacket: number
  private resolveReady: () => void = () => undefined
  private resolveLeft: (reason: CloseInfo) => void = () => undefined
  private last: { readonly seq: number; readonly tick: number }
  private sentTick = -1
  private receivedMs = 0
  private slackTicks = 0
  private starvedTicks = 0

  constructor(game: Game<GameTypes>, joined: Joined, link: RoomLink) {
    const { layout, packer, schema } = link.codec
    this.game = game
    this.joined = joined
    this.link = link
    this.last = { seq: 0, tick: joined.tick }
    this.replica = replicaOf(layout, packer)
    this.ticksPerPacket = Math.max(1, Math.round(schema.tickRateHz / INPUT_RATE_HZ))
    this.ready = new Promise((resolve) => (this.resolveReady = resolve))
    this.left = new Promise((resolve) => (this.resolveLeft = resolve))
  }

  /** What a join resolves with; the bots know that it is less than a whole room. */
  get room(): JoinedRoom<GameTypes> {
    return this as unknown as JoinedRoom<GameTypes>
  }

  get stats(): BotStats {
    const { link } = this
    return {
      rttMs: link.sync.rttMs,
      snapshotAgeMs: this.last.seq === 0 ? 0 : link.clock.nowMs() - this.receivedMs,
      slackTicks: this.slackTicks,
      bytesInPerSecond: link.bytesInPerSecond,
      bytesOutPerSecond: link.bytesOutPerSecond,
      starvedTicks: this.starvedTicks,
      resumes: link.resumes,
    }
  }

  /** Sends the inputs that are due, if they fill a packet. Call it about once a tick. */
  advance(sample: Sample): void {
    const { link, last } = this
    if (last.seq === 0 || !link.sync.isReady || link.connection.phase !== 'online') return
    const due = this.dueTick()
    if (due - this.sentTick < this.ticksPerPacket) return
    const first = Math.max(this.sentTick + 1, due - LIMITS.maxInputsPerPacket + 1, due - 2 * this.ticksPerPacket)
    const columns = this.codec.inputs.toColumns(sample())
    const inputs = Array.from({ length: due - first + 1 }, (_, index) => {
      return { tick: first + index, columns, viewStamp: -1 }
    })
    this.sentTick = due
    link.sendInputs(last.seq & 0xffff, (writer) => this.codec.inputs.write(writer, inputs))
  }

  leave(): Promise<void> {
    return this.link.leave()
  }

  get seatClaim(): SeatClaim {
    const { codec, channel } = this.link
    const heldSnapshot = this.last.seq === 0 ? -1 : this.last.seq
    const { epoch } = this.joined
    return { channel, epoch, game: this.game.schema.name, hashes: codec.hashes, heldSnapshot }
  }

  receiveSnapshot(bits: BitReader, nowMs: number): void {
    const { codec, replica } = this
    const header = readSnapshotHeader(bits, this.link.channel, this.last, codec.schema.ticksPerSnapshot)
    const { seq, tick, slackTicks, starvedTicks } = header
    readSnapshotBody(bits, header, replica, codec)
    replica.commit()
    this.last = { seq, tick }
    this.receivedMs = nowMs
    this.slackTicks = slackTicks ?? this.slackTicks
    this.starvedTicks += starvedTicks
    this.resolveReady()
  }

  receiveCall(): void {}

  receiveLatest(): void {}

  receiveTable(number: number, bytes: Uint8Array): void {
    this.replica.learnTable(number, bytes)
  }

  /** To check it would cost more than all else that a light bot does; one that plays for real does. */
  receiveStateHash(): void {}

  resumed(): void {
    this.sentTick = -1
  }

  ended(reason: CloseInfo): void {
    this.resolveLeft(reason)
  }

  private get codec(): GameCodec {
    return this.link.codec
  }

  /** The newest tick that an input is due for: it arrives a little before the server runs it. */
  private dueTick(): number {
    const { clock, sync, codec } = this.link
    const wayTicks = ((sync.rttMs / 2 + 2 * sync.jitterMs) * codec.schema.tickRateHz) / 1000
    return Math.floor(sync.serverTicksAt(clock.nowMs()) + wayTicks + LEAD_TICKS)
  }
}
