import { LIMITS } from '@tickwire/protocol'
import { CLIENT_MESSAGE } from '@tickwire/protocol/internal'
import type { BitWriter, ClientItem, ClientMessage, LatestMessage } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import { Outbox } from './outbox.ts'
import { LinkStream } from './reliable.ts'

/** Runs a function when the current turn's code has returned. */
export type Schedule = (fn: () => void) => void

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
  private reliable = new LinkStream()
  private isOnline = false
  private isScheduled = false
  private ackTimer: Timer | null = null

  /** @param transmit sends one packet; its bytes are reused after the call */
  constructor(clock: Clock, schedule: Schedule, transmit: (packet: Uint8Array) => void) {
    this.clock = clock
    this.schedule = schedule
    this.transmit = transmit
  }

  get stream(): LinkStream {
    return this.reliable
  }

  /** Opens a new link: the hello, and in the same packet all that waits. Then nothing more until the welcome. */
  greetAnew(hello: ClientMessage): void {
    this.outbox.clear()
    this.outbox.add(hello)
    for (const body of this.reliable.replay(0)) this.outbox.addBody(CLIENT_MESSAGE.reliable, body)
    this.outbox.drain(this.transmit)
  }

  /** Asks for the old link back: the hello alone, for only the welcome says from where the stream goes on. */
  greetAgain(hello: ClientMessage): void {
    this.outbox.clear()
    this.outbox.add(hello)
    this.outbox.drain(this.transmit)
  }

  /** The new link is there. What was greeted with has arrived; what came up since waits in the outbox. */
  welcomed(): void {
    this.isOnline = true
    this.flushSoon()
  }

  /** The old link is back: what the server does not hold yet goes first. */
  resumed(serverReceivedSeq: number): void {
    this.isOnline = true
    this.outbox.clear()
    for (const body of this.reliable.replay(serverReceivedSeq)) this.outbox.addBody(CLIENT_MESSAGE.reliable, body)
    this.flushSoon()
  }

  goOffline(): void {
    this.isOnline = false
    this.outbox.clear()
    this.ackTimer?.cancel()
    this.ackTimer = null
  }

  /** The old link is lost, and with it what was on its way. */
  startOver(): void {
    this.reliable = new LinkStream()
    this.outbox.clear()
    this.latest.clear()
  }

  /** False: the buffer is full, nothing was queued. */
  push(item: ClientItem): boolean {
    const body = this.reliable.push(item)
    if (body === null) return false
    this.outbox.addBody(CLIENT_MESSAGE.reliable, body)
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

  private addTail(): void {
    for (const message of this.latest.values()) this.outbox.add(message)
    this.latest.clear()
    if (!this.reliable.owesAck) return
    this.outbox.add({ type: 'reliableAck', seq: this.reliable.takeAck() })
    this.ackTimer?.cancel()
    this.ackTimer = null
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
