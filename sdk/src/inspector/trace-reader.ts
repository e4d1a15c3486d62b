import { SchemaMismatchError } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import { differingSection } from '@tickwire/protocol/internal'
import type { GameCodec } from '@tickwire/protocol/internal'
import { codecFor } from '../link/codec.ts'
import { Decoder } from './decode.ts'
import type { DecodedMessage } from './decode.ts'
import { decodeHeld } from './held-image.ts'
import { RoomDecoder } from './room-decoder.ts'
import { decodeTrace } from './trace.ts'
import type { TraceHeader } from './trace.ts'

/** A packet, readable. */
export interface ReadPacket {
  /** Of a trace: since it began. */
  readonly atMs: number
  readonly isSent: boolean
  readonly bytes: Uint8Array
  readonly messages: readonly DecodedMessage[]
}

/**
 * Reads a trace that the inspector has saved. Needs no page.
 * @param game what `defineSimulation` returned, or anything with its schema
 * @throws DecodeError for bytes that are no trace, SchemaMismatchError for a trace of another game, or another version of it
 */
export async function readTrace(file: Uint8Array, game: { readonly schema: GameSchema }): Promise<ReadPacket[]> {
  const { header, records } = decodeTrace(file)
  const codec = await codecFor(game.schema)
  checkGame(header, codec)
  const decoder = new Decoder(codec).connect()
  const packets: ReadPacket[] = []
  for (const { type, atMs, bytes } of records) {
    if (type === 'held') {
      const { channel, last, replica } = decodeHeld(codec, bytes)
      decoder.follow(channel, codec, new RoomDecoder(codec, last, replica))
    } else {
      const isSent = type === 'sent'
      packets.push({ atMs, isSent, bytes, messages: decoder.decode(isSent ? 'up' : 'down', bytes) })
    }
  }
  return packets
}

function checkGame({ game, hashes }: TraceHeader, { schema, hashes: ours }: GameCodec): void {
  if (game !== schema.name) throw new SchemaMismatchError({ game, section: 'name', path: null })
  const section = differingSection(ours, hashes)
  if (section !== null) throw new SchemaMismatchError({ game, section, path: null })
}
