import { LIMITS } from '@tickwire/protocol'
import { CLIENT_MESSAGE } from '@tickwire/protocol/internal'
import type { BitWriter, ClientItem, ClientMessage, LatestMessage } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import { Outbox } from './outbox.ts'
import { SendRate } from './rate.ts'
import { LinkStream } from './reliable.ts'

/** Runs a function when the current turn's code has returned. */
export type Schedule = (fn: () => void) => void

/** When it is tried again to send what exceeded the rate. */
const PACE_MS = 50

/**
 * Everything that goes from this link to the server: one packet per turn, whoever has something to say. What is reliable
 * waits for a connection, of `latest` messages the newest does, the rest is dropped while there is none.
 */
export class Sender {
  private readonly clock: Clock
  private readonly schedule: Schedule
  private readonly transmit: (packet: Uint8Array) => void
  private readonly outbox = new Outbox()
  private readonly latest = new Map<string, LatestMessage>()
  private readonly rate: SendRate
  private reliable = new LinkStream()
  /** Bodies of reliable messages that have not left on this connection, oldest first. */
  private backlog: Uint8Array[] = []
  private isOnline = false
  private isScheduled = false
  private ackTimer: Timer | null = null
  private paceTimer: Timer | null = null

  /** @param transmit sends one packet; its bytes are reused after the call */
  constructor(clock: Clock, schedule: Schedule, transmit: (packet: Uint8Array) => void) {
    this.clock = clock
    this.schedule = schedule
    this.transmit = transmit
    this.rate = new SendRate(clock.nowMs())
  }

  get stream(): LinkStream {
    return this.reliable
  }

  /** Opens a new link: the hello, and in the same packet all that waits. Then nothing more until the welcome. */
  greetAnew(hello: ClientMessage): void {
    this.outbox.add(hello)
    for (const body of this.reliable.replay(0)) this.outbox.addBody(CLIENT_MESSAGE.reliable, body)
    this.backlog = []
    this.outbox.drain(this.transmit)
  }

  /** Asks for the old link back: the hello alone, for only the welcome says from where the stream goes on. */
  greetAgain(hello: ClientMessage): void {
    this.outbox.add(hello)
    this.outbox.drain(this.transmit)
  }

  /** The new link is there. What was greeted with has arrived; what came up since waits. */
  welcomed(): void {
    this.isOnline = true
    this.flushSoon()
  }

  /** The old link is back: what the server does not hold yet goes first. */
  resumed(serverReceivedSeq: number): void {
    this.isOnline = true
    this.backlog = [...this.reliable.replay(serverReceivedSeq)]
    this.flushSoon()
  }

  goOffline(): void {
    this.isOnline = false
    this.outbox.clear()
    this.ackTimer?.cancel()
    this.ackTimer = null
    this.paceTimer?.cancel()
    this.paceTimer = null
  }

  /** The old link is lost, and with it what was on its way. */
  startOver(): void {
    this.reliable = new LinkStream()
    this.backlog = []
    this.latest.clear()
  }

  /** False: the buffer is full, nothing was queued. */
  push(item: ClientItem): boolean {
    const body = this.reliable.push(item)
    if (body === null) return false
    this.backlog.push(body)
    this.flushSoon()
    return true
  }

  /** Replaces what waits under the same name. */
  sendLatest(message: LatestMessage): void {
    this.latest.set(`${message.channel}:${message.message}`, message)
    this.flushSoon()
  }

  /** The channel is over: what waits for it would be news to another room. */
  dropLatest(): void {
    this.latest.clear()
  }

  /** Sends with this turn's packet, or never. */
  send(message: ClientMessage): void {
    if (!this.isOnline) return
    this.outbox.add(message)
    this.flushSoon()
  }

  /** Sends at once, with all that waits. */
  sendInputs(channel: number, ackedSnapshot16: number, write: (writer: BitWriter) => void): void {
    if (!this.isOnline) return
    this.addTail()
    this.outbox.addInputs(channel, ackedSnapshot16, write)
    this.outbox.drain(this.transmit)
  }

  flush(): void {
    if (!this.isOnline) return
    this.addTail()
    this.outbox.drain(this.transmit)
  }

  /** Something reliable came: its ack rides on the next packet, or goes alone if none leaves soon. */
  ackSoon(): void {
    if (this.ackTimer !== null || !this.isOnline) return
    this.ackTimer = this.clock.setTimer(() => {
      this.ackTimer = null
      this.flush()
    }, LIMITS.ackDelayMs)
  }

  /** Adds what has waited for this packet: messages as far as the rate allows, and an ack that is owed. */
  private addTail(): void {
    this.addBacklog()
    this.addLatest()
    if (this.backlog.length > 0 || this.latest.size > 0) this.continueLater()
    if (!this.reliable.owesAck) return
    this.outbox.add({ type: 'reliableAck', seq: this.reliable.takeAck() })
    this.ackTimer?.cancel()
    this.ackTimer = null
  }

  private addBacklog(): void {
    const nowMs = this.clock.nowMs()
    let added = 0
    for (const body of this.backlog) {
      if (!this.rate.take(body.length, nowMs)) break
      this.outbox.addBody(CLIENT_MESSAGE.reliable, body)
      added++
    }
    if (added > 0) this.backlog = this.backlog.slice(added)
  }

  private addLatest(): void {
    const nowMs = this.clock.nowMs()
    for (const [key, message] of this.latest) {
      if (!this.rate.take(message.payload.length, nowMs)) return
      this.outbox.add(message)
      this.latest.delete(key)
    }
  }

  private continueLater(): void {
    this.paceTimer ??= this.clock.setTimer(() => {
      this.paceTimer = null
      this.flush()
    }, PACE_MS)
  }

  private flushSoon(): void {
    if (this.isScheduled || !this.isOnline) return
    this.isScheduled = true
    this.schedule(() => {
      this.isScheduled = false
      this.flush()
    })
  }
}
