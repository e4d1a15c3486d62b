import { ConfigError } from '@tickwire/protocol'
import type { GameCodec } from '@tickwire/protocol/internal'
import type { SendOptions } from './room-api.ts'
import type { Seat } from './seat.ts'

export interface EncodedMessage {
  /** Its index in the schema. */
  readonly message: number
  readonly payload: Uint8Array
}

/** Messages of game code on their way to clients; encoded once, however many they are for. */
export class MessageOutbox {
  private readonly codec: GameCodec

  constructor(codec: GameCodec) {
    this.codec = codec
  }

  /** @throws RangeError naming the field that does not fit */
  encode(name: string, payload: object): EncodedMessage {
    const fields = this.codec.schema.messages[name]?.toClient
    if (fields === undefined) throw new ConfigError('message', 'one that the schema declares with toClient', name)
    return { message: this.codec.messageNames.indexOf(name), payload: this.codec.encodePayload(fields, payload) }
  }

  /** Queues it at the seat's link, also while the connection is down: it arrives after the resume. */
  send(seat: Seat, { message, payload }: EncodedMessage, { delivery = 'reliable' }: SendOptions): void {
    if (seat.phase === 'gone') return
    const { link } = seat
    if (delivery === 'latest') link.pushLatest({ message, payload })
    else link.push({ type: 'message', channel: link.channel, message, payload })
  }
}
