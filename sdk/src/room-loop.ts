import { LIMITS } from '@tickwire/protocol'
import type { Game, GameTypes } from '@tickwire/protocol'
import { VIEW_STEPS_PER_TICK, NO_SEAT } from '@tickwire/protocol/internal'
import type {
  BitReader,
  GameCodec,
  HeldEntity,
  LooseHead,
  Replica,
  SnapshotHeader,
  SpawnKey,
} from '@tickwire/protocol/internal'
import { ownerOf } from './fields.ts'
import { InputBuffer } from './input/input-buffer.ts'
import { Interpolator } from './interpolation/interpolator.ts'
import { RemoteEntities } from './interpolation/remote-entities.ts'
import { hasMotion } from './interpolation/blend.ts'
import { Timeline } from './interpolation/timeline.ts'
import type { Joined, RoomLink } from './link/ports.ts'
import { LooseSnapshots } from './loose-snapshots.ts'
import { PredictedEntities } from './prediction/predicted-entity.ts'
import { Predictor } from './prediction/predictor.ts'
import type { Observed, RoomInside } from './observer.ts'
import { readSnapshot } from './read-snapshot.ts'
import type { ReadSnapshot } from './read-snapshot.ts'
import type { Report } from './report.ts'
import type { RoomEvents } from './room-events.ts'
import type { RoomWatch } from './room-watch.ts'
import type { RoomNumbers } from './stats.ts'
import { StateCheck } from './state-check.ts'
import { Pacer } from './time/pacer.ts'
import type { Drawings } from './view/draw.ts'
import { RoomView } from './view/room-view.ts'
import type { EntityViews } from './view/views.ts'

/** While the connection is being resumed the own entities move on for so long; then they hold. */
const MAX_BLIND_MS = 1000
/** So long the first tick waits for the first answer to a ping. */
const MAX_SYNC_MS = 500

export interface RoomLoopParts<G extends GameTypes> {
  readonly game: Game<G>
  readonly joined: Joined
  readonly link: RoomLink
  readonly views: EntityViews
  readonly drawings: Drawings
  readonly events: RoomEvents
  readonly watch: RoomWatch
  readonly report: Report
  readonly observed: Observed
}

/** What happens in a joined room with each snapshot and with each frame. */
export class RoomLoop<G extends GameTypes> implements RoomInside {
  readonly view: RoomView
  readonly inputs: InputBuffer
  /** The newest snapshot that was applied; seq 0 before the first. */
  seq = 0
  tick: number
  readonly parts: RoomLoopParts<G>
  readonly codec: GameCodec
  readonly replica: Replica
  readonly predicted: PredictedEntities = new PredictedEntities()
  readonly pacer: Pacer
  readonly timeline: Timeline
  readonly check: StateCheck
  private readonly loose: LooseSnapshots
  private readonly predictor: Predictor<G>
  private readonly interpolator: Interpolator
  private readonly remote: RemoteEntities
  private receivedMs = 0
  private firstMs = 0
  private hasSynced = false
  private lastFrameMs: number | null = null
  private sentMs = Number.NEGATIVE_INFINITY
  private offlineMs: number | null = null
  private hasEnded = false
  private slackTicks = 0
  private starvedTicks = 0

  constructor(parts: RoomLoopParts<G>) {
    const { link, joined, game, views, events } = parts
    const { codec } = link
    const { tickRateHz, ticksPerSnapshot, input } = codec.schema
    this.parts = parts
    this.codec = codec
    this.tick = joined.tick
    this.replica = codec.createReplica()
    this.loose = new LooseSnapshots(codec, () => codec.createReplica())
    const { channel } = link
    const ask = (tick16: number): void => void link.push({ type: 'mismatch', channel, tick16 })
    this.check = new StateCheck(this.replica, codec.layout, parts.report, ask)
    this.view = new RoomView(codec.layout, joined.seat)
    this.inputs = new InputBuffer(codec.inputs, input, tickRateHz)
    this.pacer = new Pacer(tickRateHz, this.inputs.ticksPerPacket)
    this.timeline = new Timeline(tickRateHz, ticksPerSnapshot, hasMotion(codec.layout.kinds))
    this.interpolator = new Interpolator(this.replica, tickRateHz, ticksPerSnapshot, codec.layout.maxColumns)
    this.remote = new RemoteEntities(views, this.interpolator)
    this.predictor = new Predictor(game, {
      codec,
      seat: joined.seat,
      simulationSeed: joined.simulationSeed,
      state: this.view.state,
      options: this.view.options,
      views,
      entities: this.predicted,
      inputs: this.inputs,
      onEmit: (event) => events.predict(event),
      replica: this.replica,
      report: parts.report,
    })
    parts.observed.room = this
  }

  get numbers(): RoomNumbers {
    return {
      slackTicks: this.slackTicks,
      leadTicks: Math.max(0, this.pacer.tick - this.tick),
      ticksPerPacket: this.inputs.ticksPerPacket,
      snapshotAgeMs: this.seq === 0 ? 0 : this.parts.link.clock.nowMs() - this.receivedMs,
      interpolationDelayMs: this.timeline.delayMs,
      corrections: this.predictor.corrections,
      starvedTicks: this.starvedTicks,
      mismatches: this.check.mismatches,
    }
  }

  /** Takes in what coded snapshots start from. */
  learnTable(number: number, bytes: Uint8Array): void {
    this.replica.learnTable(number, bytes)
  }

  /** Reads a snapshot whole, then applies it. @throws DecodeError, with nothing applied */
  receive(bits: BitReader, nowMs: number, loose: LooseHead | null): void {
    const snapshot = loose === null ? this.take(bits) : this.takeLoose(bits, loose)
    if (snapshot === null) return
    this.apply(snapshot, nowMs)
    this.parts.observed.observer?.snapshotApplied(this, snapshot.header)
    this.acknowledge(nowMs)
  }

  private take(bits: BitReader): ReadSnapshot {
    const snapshot = this.read(bits)
    this.check.before(snapshot.header)
    this.replica.commit()
    this.check.after(snapshot.header)
    return snapshot
  }

  /** One that may be lost; null: it came late, and has nothing new [LSE3]. */
  private takeLoose(bits: BitReader, loose: LooseHead): ReadSnapshot | null {
    const { seq, tick } = this
    const snapshot = this.loose.read(bits, this.parts.link.channel, loose, { seq, tick })
    if (snapshot === null) return null
    const { header, replica } = snapshot
    this.replica.copyFrom(replica, (entity) => header.isPartial && this.mayBePutOff(entity))
    return snapshot
  }

  /** The room, the players and what this client owns never are. */
  private mayBePutOff(entity: HeldEntity): boolean {
    const { room, player } = this.codec.layout
    return entity.kind !== room && entity.kind !== player && ownerOf(entity) !== this.parts.joined.seat
  }

  /** The seat is held on a new connection: neither the way to the server nor the time that has passed is known. */
  resumed(): void {
    this.pacer.reset()
    this.inputs.takeUnsent()
    this.offlineMs = null
  }

  /** The connection is gone; `resumed` says when it is back. */
  dropped(nowMs: number): void {
    this.offlineMs ??= nowMs
  }

  /** The seat is gone: the last picture stays. */
  end(): void {
    this.hasEnded = true
    const { observed } = this.parts
    if (observed.room === this) observed.room = null
  }

  /** One rendered frame. */
  advance(sample: () => object): void {
    if (this.hasEnded) return
    const nowMs = this.parts.link.clock.nowMs()
    const elapsedMs = nowMs - (this.lastFrameMs ?? nowMs)
    this.lastFrameMs = nowMs
    const sampled = this.sampleInput(sample)
    this.inputs.latchPresses(sampled)
    this.runTicks(nowMs, sampled)
    this.predictor.draw(this.pacer.fraction, elapsedMs)
    const tick = this.timeline.advance(nowMs)
    this.remote.draw(tick, elapsedMs)
    this.parts.events.fire(tick)
    this.parts.drawings.update()
    this.parts.observed.observer?.frameDrawn(this)
  }

  /** Reads a snapshot; nothing changes until it is applied. @throws DecodeError */
  read(bits: BitReader): ReadSnapshot {
    const { codec, replica, seq, tick } = this
    return readSnapshot(bits, this.parts.link.channel, { codec, replica, last: { seq, tick } })
  }

  private apply({ header, keys, events }: ReadSnapshot, nowMs: number): void {
    const { tick, slackTicks, starvedTicks } = header
    if (this.seq === 0) this.firstMs = nowMs
    this.seq = header.seq
    this.tick = tick
    this.receivedMs = nowMs
    this.slackTicks = slackTicks ?? this.slackTicks
    this.starvedTicks += starvedTicks
    this.pacer.addSlack(tick, slackTicks, nowMs)
    this.timeline.receive(tick, nowMs)
    this.view.update(this.replica, tick)
    this.applyEntities(header, keys)
    this.parts.events.receive(events)
    this.parts.events.settle(tick)
  }

  private applyEntities({ tick, slackTicks, starvedTicks }: SnapshotHeader, keys: readonly SpawnKey[]): void {
    const { own, others } = this.sorted()
    for (const { id } of own) this.remote.handOver(id)
    const { miss } = this.predictor.reconcile(tick, own, keys)
    this.parts.watch.compared(miss, slackTicks !== null && slackTicks >= 0 && starvedTicks === 0)
    this.interpolator.addSnapshot(tick)
    const oldest = this.interpolator.forgetBefore(Math.max(this.timeline.ticks, tick - MAX_HISTORY_TICKS))
    this.remote.receive(tick, others, oldest)
  }

  /** Who simulates what: this client what it owns of the predicted kinds, the server the rest. */
  private sorted(): { readonly own: HeldEntity[]; readonly others: HeldEntity[] } {
    const { room, player } = this.codec.layout
    const [own, others]: [HeldEntity[], HeldEntity[]] = [[], []]
    for (const held of this.replica.entities.values()) {
      if (held.kind === room || held.kind === player) continue
      const isOwn = held.kind.predicted && ownerOf(held) === this.parts.joined.seat
      ;(isOwn ? own : others).push(held)
    }
    return { own, others }
  }

  private acknowledge(nowMs: number): void {
    // A page that draws no frames sends no inputs, and the server would stop sending to it.
    if (nowMs - this.sentMs < LIMITS.ackDelayMs) return
    this.parts.link.sendSnapshotAck(this.seq & 0xffff)
    this.sentMs = nowMs
  }

  private sampleInput(sample: () => object): object {
    try {
      const sampled = sample() ?? {}
      const stray = this.inputs.strayName(sampled)
      if (stray !== null) this.parts.report(`room.advance(sample): ${stray}`)
      return sampled
    } catch (error) {
      this.parts.report('room.advance(sample): sample threw; the neutral input was taken', error)
      return {}
    }
  }

  private runTicks(nowMs: number, sampled: object): void {
    if (this.parts.joined.seat === NO_SEAT || this.seq === 0 || !this.knowsTime(nowMs)) return
    if (this.offlineMs !== null && nowMs - this.offlineMs > MAX_BLIND_MS) return
    const { sync } = this.parts.link
    const timing = { serverTicks: this.serverTicksAt(nowMs), rttMs: sync.rttMs, jitterMs: sync.jitterMs }
    const due = this.pacer.advance(nowMs, timing)
    for (let tick = this.pacer.tick - due + 1; tick <= this.pacer.tick; tick++) {
      this.pushInput(tick, sampled)
      this.predictor.run(tick)
    }
    if (this.inputs.isPacketDue) this.sendInputs(nowMs)
  }

  private pushInput(tick: number, sampled: object): void {
    try {
      this.inputs.push(tick, sampled, this.viewStamp)
    } catch (error) {
      this.parts.report('room.advance(sample): the sample does not fit the input of the schema', error)
      this.inputs.push(tick, {}, this.viewStamp)
    }
  }

  private sendInputs(nowMs: number): void {
    const { link } = this.parts
    const inputs = this.inputs.takeUnsent(link.losesInputs)
    link.sendInputs(this.seq & 0xffff, (writer) => this.codec.inputs.write(writer, inputs))
    this.sentMs = nowMs
  }

  /** The tick at which the player sees the others, in 1/16; nobody can have seen what was not sent yet. */
  private get viewStamp(): number {
    if (this.timeline.ticks < 0) return -1
    return Math.floor(Math.min(this.interpolator.tick, this.tick) * VIEW_STEPS_PER_TICK)
  }

  /** Inputs that named a guessed tick would come too late: the first pong is one round trip away. */
  private knowsTime(nowMs: number): boolean {
    this.hasSynced ||= this.parts.link.sync.isReady
    return this.hasSynced || nowMs - this.firstMs > MAX_SYNC_MS
  }

  /** By the pings; if none is answered, by the newest snapshot, which is late by its way. */
  private serverTicksAt(nowMs: number): number {
    if (this.hasSynced) return this.parts.link.sync.serverTicksAt(nowMs)
    return this.tick + ((nowMs - this.receivedMs) * this.codec.schema.tickRateHz) / 1000
  }
}

/** Snapshots kept for a picture that stands still because the page is hidden. */
const MAX_HISTORY_TICKS = 256
