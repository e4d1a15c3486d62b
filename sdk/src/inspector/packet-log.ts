import type { ReadPacket } from './trace-reader.ts'
import type { TraceRecord } from './trace.ts'

/** So much of the past is kept, and so many bytes at most, whichever is less. */
const KEPT_MS = 60_000
const KEPT_BYTES = 8 * 1024 * 1024
/** A trace can be read from each of these on. */
const IMAGE_EVERY_MS = 5000

/** One packet, or (without messages) what was held of the room when it was written down. */
type Entry = ReadPacket & { readonly isImage: boolean }

/** The packets of the last minute, for the list of messages and for traces. */
export class PacketLog {
  private entries: Entry[] = []
  private first = 0
  private bytes = 0
  private imageAtMs = Number.NEGATIVE_INFINITY
  /** Rises with each packet: whoever shows them knows whether there are new ones. */
  revision = 0

  add(packet: ReadPacket): void {
    this.push({ ...packet, isImage: false })
    this.revision++
  }

  /** Whether it is time to write down what is held. */
  isImageDue(nowMs: number): boolean {
    return nowMs - this.imageAtMs >= IMAGE_EVERY_MS
  }

  addImage(bytes: Uint8Array, atMs: number): void {
    this.imageAtMs = atMs
    this.push({ bytes, atMs, isSent: false, messages: [], isImage: true })
  }

  /** The next image is due at once: of another room, or after a gap. */
  expectImage(): void {
    this.imageAtMs = Number.NEGATIVE_INFINITY
  }

  clear(): void {
    this.entries = []
    this.first = 0
    this.bytes = 0
    this.expectImage()
  }

  get byteCount(): number {
    return this.bytes
  }

  get spanMs(): number {
    const oldest = this.entries[this.first]
    return oldest === undefined ? 0 : this.entries.at(-1)!.atMs - oldest.atMs
  }

  /** Those that came since a revision and are still kept, oldest first. */
  since(revision: number): ReadPacket[] {
    const packets: ReadPacket[] = []
    for (let i = this.entries.length - 1; i >= this.first && packets.length < this.revision - revision; i--) {
      if (!this.entries[i]!.isImage) packets.push(this.entries[i]!)
    }
    return packets.toReversed()
  }

  /** For a trace: from the join on, or else from the first image on, before which no snapshot can be read. */
  records(): TraceRecord[] {
    const kept = this.entries.slice(this.first)
    const join = kept.findIndex(({ messages }) => messages.some(({ type }) => type === 'join'))
    const image = kept.findIndex(({ isImage }) => isImage)
    const isWhole = join >= 0 && (image < 0 || join < image)
    return kept.slice(isWhole ? 0 : Math.max(0, image)).map(({ isImage, isSent, atMs, bytes }) => {
      return { type: isImage ? 'held' : isSent ? 'sent' : 'received', atMs, bytes }
    })
  }

  private push(entry: Entry): void {
    this.entries.push(entry)
    this.bytes += entry.bytes.length
    while (this.isTooMuch(entry.atMs)) this.bytes -= this.entries[this.first++]!.bytes.length
    // Not at each packet: it moves all that is kept.
    if (this.first < 1024) return
    this.entries = this.entries.slice(this.first)
    this.first = 0
  }

  private isTooMuch(nowMs: number): boolean {
    const oldest = this.entries[this.first]!
    return nowMs - oldest.atMs > KEPT_MS || this.bytes > KEPT_BYTES
  }
}
