import { BitReader } from './bits/reader.ts'
import { BitWriter } from './bits/writer.ts'
import type { BodyDecoder } from './codec/entropy/body-decoder.ts'
import { layoutOf } from './codec/layout.ts'
import type { GameLayout } from './codec/layout.ts'
import { Replica } from './codec/replica.ts'
import { ConfigError, DecodeError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { InputCodec } from './messages/input-codec.ts'
import { NO_PACKER, readValues, writeValues } from './messages/values.ts'
import type { Packer } from './messages/values.ts'
import type { GameSchema } from './schema/define.ts'
import { hashSections } from './schema/describe.ts'
import type { SchemaHashes } from './schema/describe.ts'
import type { FieldMap } from './schema/field.ts'

/** Everything that turns one game's values into bytes and back; one per game and end. */
export class GameCodec {
  readonly schema: GameSchema
  readonly layout: GameLayout
  readonly hashes: SchemaHashes
  readonly inputs: InputCodec
  readonly packer: Packer
  /** Names in the order of the schema: their index is what travels. */
  readonly eventNames: readonly string[]
  readonly messageNames: readonly string[]
  readonly requestNames: readonly string[]
  private readonly Decoder: typeof BodyDecoder | null
  private readonly scratch = new BitWriter(256, LIMITS.maxPayloadBytes)

  /** @param Decoder for a client of a game that is coded by models; without it there is no replica of such a game */
  constructor(schema: GameSchema, packer: Packer = NO_PACKER, Decoder: typeof BodyDecoder | null = null) {
    this.schema = schema
    this.Decoder = Decoder
    this.layout = layoutOf(schema)
    this.hashes = hashSections(schema)
    this.inputs = new InputCodec(schema.input)
    this.packer = packer
    this.eventNames = Object.keys(schema.events)
    this.messageNames = Object.keys(schema.messages)
    this.requestNames = Object.keys(schema.requests)
  }

  /** What a client holds of a room of this game. */
  createReplica(): Replica {
    const { layout, packer, schema, Decoder } = this
    if (schema.compression !== 'entropy') return new Replica(layout, packer, null)
    if (Decoder === null) throw new ConfigError('compression', 'a decoder for what is coded by models', null)
    return new Replica(layout, packer, new Decoder(layout))
  }

  /**
   * The bytes of a message, request, reply or join; `what` names it in errors.
   * @throws ConfigError for what is no object, RangeError naming the field that does not fit
   */
  encodePayload(fields: FieldMap, values: object, what = 'payload'): Uint8Array {
    const names = Object.keys(fields)
    if (names.length > 0 && (typeof values !== 'object' || values === null)) {
      throw new ConfigError(what, `an object { ${names.join(', ')} }`, values)
    }
    this.scratch.reset()
    writeValues(this.scratch, fields, values, this.packer, `${what}.`)
    return this.scratch.toBytes()
  }

  /** @throws DecodeError when the bytes are not exactly one such payload */
  decodePayload(fields: FieldMap, bytes: Uint8Array): Record<string, unknown> {
    const reader = new BitReader(bytes)
    const values = readValues(reader, fields, this.packer)
    reader.expectEnd()
    return values
  }

  /**
   * The bytes of a change: of each field whether it is given, and its value if so.
   * @throws ConfigError for a name that is no field, RangeError for a value that does not fit
   */
  encodePatch(fields: FieldMap, patch: object, what: string): Uint8Array {
    for (const name of Object.keys(patch)) {
      if (!Object.hasOwn(fields, name)) throw new ConfigError(what, `fields of ${Object.keys(fields).join(', ')}`, name)
    }
    this.scratch.reset()
    for (const [name, declared] of Object.entries(fields)) {
      const isGiven = (patch as Record<string, unknown>)[name] !== undefined
      this.scratch.bool(isGiven)
      if (isGiven) writeValues(this.scratch, { [name]: declared }, patch, this.packer, `${what}.`)
    }
    return this.scratch.toBytes()
  }

  /** The fields that are given. @throws DecodeError when the bytes are no such change; none at all are an empty one */
  decodePatch(fields: FieldMap, bytes: Uint8Array): Record<string, unknown> {
    const patch: Record<string, unknown> = {}
    if (bytes.length === 0) return patch
    const reader = new BitReader(bytes)
    for (const [name, declared] of Object.entries(fields)) {
      if (reader.bool(name)) Object.assign(patch, readValues(reader, { [name]: declared }, this.packer))
    }
    reader.expectEnd()
    return patch
  }

  /** The name behind an index that a peer sent. */
  nameAt(names: readonly string[], index: number, what: string): string {
    const name = names[index]
    if (name === undefined) {
      const expected = `below ${names.length}`
      throw new DecodeError('unexpected', { what, expected, got: `${index}`, offset: 0 })
    }
    return name
  }
}

/** Whether a schema has free-form fields, and so needs msgpackr. */
export function usesPacked(schema: GameSchema): boolean {
  const maps: FieldMap[] = [
    schema.join,
    schema.state,
    schema.player,
    ...Object.values(schema.entities).map(({ fields }) => fields),
    ...Object.values(schema.events),
    ...Object.values(schema.messages).flatMap(({ toServer, toClient }) => [toServer ?? {}, toClient ?? {}]),
    ...Object.values(schema.requests).flatMap(({ ask, reply }) => [ask, reply]),
    schema.options,
    schema.metadata,
    schema.profile,
    ...Object.values(schema.queues),
  ]
  return maps.some((fields) => Object.values(fields).some(({ spec }) => spec.kind === 'packed'))
}
