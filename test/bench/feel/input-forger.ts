import type { JoinedRoom } from '@tickwire/sdk'
import type { TickInput } from '@tickwire/protocol/internal'
import type { RoomLink } from '../../../sdk/src/link/ports.ts'
import type { Track } from './track.ts'

/** A packet of inputs leaves every second frame, as those of an honest client do; the server's rate limit is another matter. */
const FRAMES_PER_PACKET = 2
const AHEAD_TICKS = 6
/** What a server keeps of the future; beyond it an input is lost. */
const MOST_AHEAD_TICKS = 50
const FAR_TICKS = 1000
const MOST_PER_PACKET = 32

/** Sends inputs as no honest client does, over the link of one that is joined. */
export class InputForger {
  private readonly room: JoinedRoom<Track>
  private readonly link: RoomLink
  private frame = 0
  private newest = 0

  constructor(room: JoinedRoom<Track>) {
    this.room = room
    // What game code cannot reach, somebody who rewrites the client can.
    this.link = (room as unknown as { readonly parts: { readonly link: RoomLink } }).parts.link
  }

  /** So many ticks of running for each tick that passes: its ticks run away from the server's, and start over. */
  sendRunning(serverTick: number, times: number): void {
    const count = Math.min(MOST_PER_PACKET, times * FRAMES_PER_PACKET)
    if (!this.isDue()) return
    const isAway = this.newest === 0 || this.newest > serverTick + MOST_AHEAD_TICKS
    this.send(isAway ? serverTick + AHEAD_TICKS : this.newest + 1, count)
  }

  /** Each tick's input so many times, in as many packets. */
  sendRepeated(serverTick: number, times: number): void {
    if (this.isDue()) this.send(serverTick + AHEAD_TICKS, times * FRAMES_PER_PACKET)
  }

  /** Inputs for long ago and for long after now, besides those for now. */
  sendFar(serverTick: number): void {
    if (!this.isDue()) return
    this.send(serverTick + AHEAD_TICKS, FRAMES_PER_PACKET)
    this.send(serverTick + FAR_TICKS, 8)
    this.send(Math.max(0, serverTick - FAR_TICKS), 8)
  }

  private isDue(): boolean {
    return this.frame++ % FRAMES_PER_PACKET === 0
  }

  private send(firstTick: number, count: number): void {
    const { codec } = this.link
    const columns = codec.inputs.toColumns({ x: 1, sampledMs: 0 })
    const inputs: TickInput[] = Array.from({ length: count }, (_, i) => ({
      tick: firstTick + i,
      columns,
      viewStamp: -1,
    }))
    this.newest = firstTick + count - 1
    const held = (this.room as unknown as { readonly parts: { readonly loop: { readonly seq: number } } }).parts.loop
      .seq
    this.link.sendInputs(held & 0xffff, (writer) => codec.inputs.write(writer, inputs))
  }
}
