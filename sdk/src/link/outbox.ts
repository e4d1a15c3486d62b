import { LIMITS } from '@tickwire/protocol'
import {
  BitWriter,
  CLIENT_MESSAGE,
  writeClientMessage,
  writeInputsHead,
  writeMessage,
} from '@tickwire/protocol/internal'
import type { ClientMessage } from '@tickwire/protocol/internal'

interface Entry {
  readonly id: number
  readonly body: Uint8Array
}

/** Head of a message in a packet: its id, and a length of at most three bytes. */
const MAX_HEAD_BYTES = 4

/** Gathers the messages of one turn and makes packets of them: one, unless they exceed what a packet may hold. */
export class Outbox {
  private entries: Entry[] = []
  private readonly packet = new BitWriter(1024, LIMITS.maxClientMessageBytes)
  private readonly body = new BitWriter(256, LIMITS.maxClientMessageBytes)

  get isEmpty(): boolean {
    return this.entries.length === 0
  }

  add(message: ClientMessage): void {
    this.body.reset()
    const id = writeClientMessage(this.body, message)
    this.addBody(id, this.body.toBytes())
  }

  /** `body` stays as it is until the next `drain`. */
  addBody(id: number, body: Uint8Array): void {
    this.entries.push({ id, body })
  }

  /** Adds inputs, which `write` appends behind their head. Drain at once: the bytes are not copied. */
  addInputs(channel: number, ackedSnapshot16: number, write: (writer: BitWriter) => void): void {
    this.body.reset()
    writeInputsHead(this.body, channel, ackedSnapshot16)
    write(this.body)
    this.addBody(CLIENT_MESSAGE.inputs, this.body.view())
  }

  /** Hands out everything as packets, whose bytes are valid during the call. */
  drain(send: (packet: Uint8Array) => void): void {
    const { entries } = this
    for (let from = 0; from < entries.length;) {
      const end = this.packetEnd(from)
      this.packet.reset()
      for (let i = from; i < end; i++) writeMessage(this.packet, entries[i]!.id, entries[i]!.body, i === end - 1)
      send(this.packet.view())
      from = end
    }
    entries.length = 0
  }

  clear(): void {
    this.entries.length = 0
  }

  /** The first message that does not fit into a packet with the one at `from`. */
  private packetEnd(from: number): number {
    let bytes = 0
    let end = from
    while (end < this.entries.length && end - from < LIMITS.maxMessagesPerPacket) {
      bytes += MAX_HEAD_BYTES + this.entries[end]!.body.length
      if (bytes > LIMITS.maxClientMessageBytes && end > from) break
      end++
    }
    return end
  }
}
