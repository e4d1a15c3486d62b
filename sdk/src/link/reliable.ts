import { BitWriter, ReliableStream, writeClientMessage } from '@tickwire/protocol/internal'
import { LIMITS } from '@tickwire/protocol'
import type { ClientItem } from '@tickwire/protocol/internal'

/**
 * The client's end of the reliable stream, as bytes that are ready to be sent, and sent again.
 *
 * A page that was reloaded takes its link back without the stream's beginning: there the numbers on the wire go on where
 * they stood, while those of the `ReliableStream` behind this start at 1. The difference is kept here.
 */
export class LinkStream {
  private readonly stream = new ReliableStream<Uint8Array>()
  private readonly writer = new BitWriter(256, LIMITS.maxClientMessageBytes)
  private sentBefore = 0
  private sent = 0
  /** Null: the first number that comes decides. */
  private receivedBefore: number | null = 0

  /** The number that the next item will have; never used before on this link, so good for naming a request. */
  get nextSeq(): number {
    return this.sentBefore + this.sent + 1
  }

  /** What an ack or a resume names. */
  get receivedSeq(): number {
    return (this.receivedBefore ?? 0) + this.stream.receivedSeq
  }

  get owesAck(): boolean {
    return this.stream.owesAck
  }

  /**
   * Numbers an item and keeps it until it is acknowledged.
   * @returns the body of its `reliable` message, or null when the buffer is full
   * @throws RangeError when the item alone is larger than a packet
   */
  push(item: ClientItem): Uint8Array | null {
    this.writer.reset()
    writeClientMessage(this.writer, { type: 'reliable', seq: this.nextSeq, item })
    const body = this.writer.toBytes()
    if (this.stream.push(body, body.length) === null) return null
    this.sent++
    return body
  }

  /** @throws DecodeError when that was never sent */
  acknowledge(seq: number): void {
    this.stream.acknowledge(seq - this.sentBefore)
  }

  /** True if it is new; @throws DecodeError for a gap. */
  accept(seq: number): boolean {
    this.receivedBefore ??= seq - 1
    return this.stream.accept(seq - this.receivedBefore)
  }

  takeAck(): number {
    return (this.receivedBefore ?? 0) + this.stream.takeAck()
  }

  /** After a resume: the bodies that the server does not hold yet, in order. */
  replay(serverReceivedSeq: number): readonly Uint8Array[] {
    return this.stream.replay(serverReceivedSeq - this.sentBefore).map(({ item }) => item)
  }

  /** Joins the link's streams where they stand: for a page that holds nothing of them. Only before the first `push`. */
  continueFrom(serverReceivedSeq: number): void {
    this.sentBefore = serverReceivedSeq
    this.receivedBefore = null
  }
}
