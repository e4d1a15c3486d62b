import { DecodeError } from '../errors.ts'
import { LIMITS } from '../limits.ts'

/** An item that was sent and is not acknowledged yet. */
interface Kept<T> {
  readonly seq: number
  readonly item: T
  readonly bytes: number
}

/**
 * One end of a reliable stream in both directions: numbers what goes out, keeps it until it is acknowledged, replays it
 * after a resume; takes in what comes exactly once and in order. Numbers are explicit and start at 1.
 *
 * It does no I/O and knows no time. Between resumes the transport keeps the order, so a gap is a broken peer.
 */
export class ReliableStream<Out> {
  private readonly maxBytes: number
  private kept: Kept<Out>[] = []
  private keptBytes = 0
  private lastSent = 0
  private lastReceived = 0
  private ackSent = 0

  /** @param maxBytes how much unacknowledged data is kept before `push` refuses */
  constructor(maxBytes: number = LIMITS.reliableBufferBytes) {
    this.maxBytes = maxBytes
  }

  /** The newest number received: what an ack carries, and what a resume names. */
  get receivedSeq(): number {
    return this.lastReceived
  }

  get unackedBytes(): number {
    return this.keptBytes
  }

  /** True if something was received since `takeAck`. */
  get owesAck(): boolean {
    return this.lastReceived > this.ackSent
  }

  /**
   * Numbers an item and keeps it; the caller sends it if it is connected.
   * @param bytes its size on the wire, counted against the buffer
   * @returns its number, or null when the buffer is full: nothing was kept, the caller must wait for acks
   */
  push(item: Out, bytes: number): number | null {
    if (this.keptBytes + bytes > this.maxBytes) return null
    this.lastSent++
    this.kept.push({ seq: this.lastSent, item, bytes })
    this.keptBytes += bytes
    return this.lastSent
  }

  /** The peer holds everything up to `seq`. */
  acknowledge(seq: number): void {
    if (seq > this.lastSent) {
      const expected = `at most ${this.lastSent}`
      throw new DecodeError('unexpected', { what: 'reliable ack', expected, got: `${seq}`, offset: 0 })
    }
    let done = 0
    while (done < this.kept.length && this.kept[done]!.seq <= seq) this.keptBytes -= this.kept[done++]!.bytes
    if (done > 0) this.kept.splice(0, done)
  }

  /** Takes in a number: true if it is the next one, false if it was delivered before a resume and must be ignored. */
  accept(seq: number): boolean {
    if (seq <= this.lastReceived) return false
    if (seq !== this.lastReceived + 1) {
      const expected = `${this.lastReceived + 1}`
      throw new DecodeError('unexpected', { what: 'reliable seq', expected, got: `${seq}`, offset: 0 })
    }
    this.lastReceived = seq
    return true
  }

  /** The number to acknowledge now; `owesAck` is false until the next item. */
  takeAck(): number {
    this.ackSent = this.lastReceived
    return this.lastReceived
  }

  /** After a resume: what the peer does not hold yet, in order. */
  replay(peerReceivedSeq: number): readonly { readonly seq: number; readonly item: Out }[] {
    this.acknowledge(peerReceivedSeq)
    this.ackSent = 0
    return this.kept
  }
}
