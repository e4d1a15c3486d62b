import { LIMITS } from '@tickwire/protocol'

/**
 * What of the server's limits is for game messages; the rest is for inputs, acks and pings, which leave at their own pace.
 * A client that kept no rate would be closed as `rate-limited`, at the latest by the replay after a long drop.
 */
const MESSAGES_PER_SECOND = 0.6 * LIMITS.messagesPerSecond
const BYTES_PER_SECOND = 0.75 * LIMITS.bytesPerSecond
/** A second's worth may leave at once: half of what the server takes. */
const BURST_MESSAGES = LIMITS.messagesPerSecond
const BURST_BYTES = LIMITS.bytesPerSecond

/** Says how many game messages may leave now. */
export class SendRate {
  private messages: number = BURST_MESSAGES
  private bytes: number = BURST_BYTES
  private atMs: number

  constructor(nowMs: number) {
    this.atMs = nowMs
  }

  /** True if a message of so many bytes may leave; it counts as sent then. */
  take(bytes: number, nowMs: number): boolean {
    const seconds = Math.max(0, nowMs - this.atMs) / 1000
    this.atMs = nowMs
    this.messages = Math.min(BURST_MESSAGES, this.messages + seconds * MESSAGES_PER_SECOND)
    this.bytes = Math.min(BURST_BYTES, this.bytes + seconds * BYTES_PER_SECOND)
    if (this.messages < 1 || this.bytes < bytes) return false
    this.messages--
    this.bytes -= bytes
    return true
  }
}
