import { lobbyCodec } from '@tickwire/protocol/internal'
import type { GameCodec, SnapshotHeader } from '@tickwire/protocol/internal'
import type { Observed, Observer, RoomInside } from '../observer.ts'
import { correctionSize } from './correction-size.ts'
import { Cost } from './cost.ts'
import { Decoder } from './decode.ts'
import type { ConnectionDecoder, DecodedMessage } from './decode.ts'
import { encodeHeld } from './held-image.ts'
import { LiveRoom } from './live-room.ts'
import { PacketLog } from './packet-log.ts'
import { withoutSecrets } from './redact.ts'
import type { DecodedInput } from './room-decoder.ts'
import { TickMarks } from './tick-marks.ts'
import { Traffic } from './traffic.ts'

/** Watches a client while the inspector is open, and keeps what the panels show. */
export class Probe implements Observer {
  readonly observed: Observed
  readonly traffic: Traffic = new Traffic()
  readonly log: PacketLog = new PacketLog()
  readonly ticks: TickMarks = new TickMarks()
  readonly cost: Cost
  private readonly onFrame: () => void
  private decoder: ConnectionDecoder
  private room: RoomInside | null = null
  private corrections = 0
  /** The largest correction since `takePeaks`, and the longest time between two frames. */
  private correctionPeak = 0
  private framePeakMs = 0
  private frameMs = 0

  /** @param codec of the game, for what is said before a room is joined; null: it is not known */
  constructor(observed: Observed, codec: GameCodec | null, onFrame: () => void) {
    this.observed = observed
    this.onFrame = onFrame
    this.cost = new Cost(observed.clock)
    // The lobby's is no game's: then payloads of games are shown as bytes.
    this.decoder = new Decoder(codec ?? lobbyCodec).connect()
    if (observed.room !== null) this.enter(observed.room)
  }

  packetSent(packet: Uint8Array): void {
    this.cost.begin()
    this.take(packet, true)
    this.cost.end()
  }

  packetReceived(packet: Uint8Array): void {
    this.cost.begin()
    this.take(packet, false)
    this.cost.end()
  }

  snapshotApplied(room: RoomInside, { tick }: SnapshotHeader): void {
    this.cost.begin()
    this.follow(room)
    this.ticks.snapshotCame(tick)
    this.noteCorrection(room, tick)
    const nowMs = this.observed.clock.nowMs()
    if (this.log.isImageDue(nowMs)) this.log.addImage(imageOf(room), nowMs)
    this.cost.end()
  }

  frameDrawn(room: RoomInside): void {
    this.follow(room)
    const nowMs = this.observed.clock.nowMs()
    if (this.frameMs > 0) this.framePeakMs = Math.max(this.framePeakMs, nowMs - this.frameMs)
    this.frameMs = nowMs
    this.ticks.simulated = room.pacer.tick
    this.ticks.drawn = room.timeline.ticks
    this.onFrame()
  }

  /** What a sample shows of the time since the last one. */
  takePeaks(): { readonly correction: number; readonly frameMs: number } {
    const peaks = { correction: this.correctionPeak, frameMs: this.framePeakMs }
    this.correctionPeak = 0
    this.framePeakMs = 0
    return peaks
  }

  private take(packet: Uint8Array, isSent: boolean): void {
    const atMs = this.observed.clock.nowMs()
    const bytes = withoutSecrets(packet, isSent)
    const messages = this.decoder.decode(isSent ? 'up' : 'down', bytes)
    this.log.add({ atMs, isSent, bytes, messages })
    for (const message of messages) {
      this.traffic.addMessage(isSent ? 'sent' : 'received', message.type, message.bytes, atMs)
      if (message.type === 'inputs') this.noteInputs(message)
    }
  }

  private noteInputs({ says }: DecodedMessage): void {
    const inputs = says['inputs'] as readonly DecodedInput[] | undefined
    if (inputs?.[0] !== undefined) this.ticks.sentInputs(inputs[0].tick, inputs.at(-1)!.tick)
  }

  private noteCorrection(room: RoomInside, tick: number): void {
    const { corrections } = room.numbers
    if (corrections <= this.corrections) return
    this.corrections = corrections
    this.ticks.corrected(tick)
    this.correctionPeak = Math.max(this.correctionPeak, ...room.predicted.all.map(correctionSize))
  }

  private follow(room: RoomInside): void {
    if (room !== this.room) this.enter(room)
  }

  private enter(room: RoomInside): void {
    const { traffic, observed } = this
    const live = new LiveRoom(
      room,
      (kind, field, bits) => traffic.addBits(kind, field, bits, observed.clock.nowMs()),
      (counts) => traffic.addRecords(counts, observed.clock.nowMs()),
    )
    this.decoder = new Decoder(room.codec).connect()
    this.decoder.follow(room.parts.link.channel, room.codec, live)
    this.room = room
    this.corrections = room.numbers.corrections
    this.ticks.clear()
    this.log.expectImage()
    this.frameMs = 0
  }
}

function imageOf({ codec, parts, replica, seq, tick }: RoomInside): Uint8Array {
  return encodeHeld(codec, { channel: parts.link.channel, last: { seq, tick }, replica })
}
