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

  /** @throws ConfigError for a message that the schema does not declare, RangeError naming the field that does not fit */
  encode(name: string, payload: object): EncodedMessage {
    const { messageNames, schema } = this.codec
    const fields = schema.messages[name]?.toClient
    if (fields === undefined) {
      const names = messageNames.filter((known) => schema.messages[known]?.toClient !== undefined)
      throw new ConfigError('message', `one that the schema declares with toClient (${names.join(', ')})`, name)
    }
    return { message: messageNames.indexOf(name), payload: this.codec.encodePayload(fields, payload, name) }
  }
}
