import { NO_PACKER, usesPacked } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import type { Packer } from '@tickwire/protocol/internal'

/** What a game's packed fields need: msgpackr, fetched only by games that have some (13 KB gzipped). */
export async function packerFor(schema: GameSchema): Promise<Packer> {
  if (!usesPacked(schema)) return NO_PACKER
  const { Packr } = await import('msgpackr')
  // Records are msgpackr's own extension and carry state from one message to the next; plain msgpack does not.
  const packr = new Packr({ useRecords: false })
  return {
    encode: (value) => packr.pack(value),
    decode: (bytes) => packr.unpack(bytes) as unknown,
  }
}
