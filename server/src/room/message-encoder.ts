import { ConfigError } from '@tickwire/protocol'
import type { GameCodec } from '@tickwire/protocol/internal'

export interface EncodedMessage {
  /** Its index in the schema. */
  readonly message: number
  readonly payload: Uint8Array
}

/** Encodes messages of game code; once, however many they are for. */
export class MessageEncoder {
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
}
