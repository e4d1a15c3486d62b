import { BitWriter } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import type { Sight } from '../rewind/sight.ts'
import type { RoomCore } from '../room/room-core.ts'
import { encodeChunk, encodeHeader } from './header.ts'
import type { RecordingHeader } from './header.ts'
import { writeOp } from './ops.ts'
import type { ChangedInput, Op } from './ops.ts'
import type { RecordingSink } from './sink.ts'
import { MAX_STATE_BYTES, StateImage } from './state-image.ts'
import type { RoomOp, Tape } from './tape.ts'

/** Once so much is written down it goes to the sink: what a recording holds in memory besides the state itself. */
const CHUNK_BYTES = 16_384
/** What a chunk may hold at most: what waits for it, and one whole state. */
export const MAX_CHUNK_BYTES: number = 2 * MAX_STATE_BYTES

interface OpenSight {
  readonly sight: Sight
  readonly answers: boolean[]
}

/** Takes down all that a room is told, and the hash of its state after each tick. */
export class Recorder implements Tape {
  core: RoomCore | null = null
  private readonly sink: RecordingSink
  private readonly keyframeTicks: number
  private readonly onStop: (why: string) => void
  private readonly writer = new BitWriter(2 * CHUNK_BYTES, MAX_CHUNK_BYTES)
  private readonly image = new StateImage(false)
  private readonly inputs: Map<number, Int32Array> = new Map()
  private changed: ChangedInput[] = []
  /** Written before the op during which they were asked for: then a replay knows them when it runs that op. */
  private sights: OpenSight[] = []
  private waiting: RoomOp | null = null
  private isOver = false

  /** @param onStop told when the recording ends before its room does */
  constructor(sink: RecordingSink, keyframeTicks: number, onStop: (why: string) => void) {
    this.sink = sink
    this.keyframeTicks = keyframeTicks
    this.onStop = onStop
  }

  /** The process's clock, whose timers are taken down when they go off. */
  clockOver(clock: Clock): Clock {
    let timers = 0
    return {
      nowMs: () => clock.nowMs(),
      setTimer: (fn, delayMs) => {
        const timer = timers++
        return clock.setTimer(() => {
          this.note({ type: 'rang', timer })
          fn()
        }, delayMs)
      },
    }
  }

  begin(header: Omit<RecordingHeader, 'format'>): void {
    this.pass(encodeHeader(header))
  }

  note(op: RoomOp): void {
    if (this.isOver) return
    this.attempt(() => {
      this.writeWaiting()
      this.waiting = op
      if (op.type === 'closed') this.close()
      else if ('seat' in op && op.type !== 'call') this.inputs.delete(op.seat)
    })
  }

  turn(): null {
    return null
  }

  input(seat: number, columns: Int32Array): Int32Array {
    const last = this.inputs.get(seat)
    const isSame = last !== undefined && columns.every((column, i) => column === last[i])
    if (!isSame && !this.isOver) {
      const copy = columns.slice()
      this.inputs.set(seat, copy)
      this.changed.push({ seat, columns: copy })
    }
    return columns
  }

  sight(live: Sight): Sight {
    if (this.isOver) return live
    const answers: boolean[] = []
    this.sights.push({ sight: live, answers })
    const sees = (slot: number, id: number): boolean => {
      const answer = live.sees(slot, id)
      answers.push(answer)
      return answer
    }
    return { tick: live.tick, older: live.older, newer: live.newer, sees }
  }

  ticked(): void {
    if (this.isOver) return
    this.attempt(() => {
      const core = this.core!
      this.image.take(core)
      this.writeWaiting()
      this.write({ type: 'inputs', changed: this.changed })
      this.changed = []
      this.write({ type: 'ticked', hash: this.image.hash })
      const isKeyframe = core.world.tick % this.keyframeTicks === 0
      if (isKeyframe) this.keyframe()
      // With each keyframe, too: a crash costs what came after the last one.
      if (isKeyframe || this.writer.byteLength >= CHUNK_BYTES) this.flush()
    })
  }

  private close(): void {
    this.writeWaiting()
    // Of the newest tick, not of this moment: what only the last ticks changed has a keyframe to be named by, too.
    if (this.core!.world.tick > 0) this.keyframe()
    this.write({ type: 'end' })
    this.flush()
    this.end()
  }

  private keyframe(): void {
    this.write({ type: 'keyframe', image: this.image.bytes })
  }

  private writeWaiting(): void {
    for (const { sight, answers } of this.sights) {
      const { tick, older, newer } = sight
      this.write({ type: 'sight', sight: { tick, older, newer, answers } })
    }
    this.sights = []
    if (this.waiting !== null) this.write(this.waiting)
    this.waiting = null
  }

  private write(op: Op): void {
    writeOp(this.writer, op)
  }

  private flush(): void {
    if (this.writer.byteLength > 0) this.pass(encodeChunk(this.writer.view()))
    this.writer.reset()
  }

  private pass(bytes: Uint8Array): void {
    if (this.isOver || this.sink.write(bytes)) return
    this.onStop('its sink takes no more')
    this.end()
  }

  /** A recording is a guest: whatever goes wrong with it, the room plays on. */
  private attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.onStop(error instanceof Error ? error.message : String(error))
      this.end()
    }
  }

  private end(): void {
    if (this.isOver) return
    this.isOver = true
    this.sink.close()
  }
}
