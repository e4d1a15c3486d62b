import { GameCodec } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import { Lazy } from '../lazy.ts'
import type * as bodyDecoder from './body-decoder.ts'
import { packerFor } from './packer.ts'

/** What only games with `compression: 'entropy'` read with. */
export const bodyDecoderPart: Lazy<typeof bodyDecoder> = new Lazy(() => import('./body-decoder.ts'))

/** A client's codec of a game, with the parts that the game needs. */
export async function codecFor(schema: GameSchema): Promise<GameCodec> {
  const packer = await packerFor(schema)
  if (schema.compression !== 'entropy') return new GameCodec(schema, packer)
  const { BodyDecoder } = bodyDecoderPart.now ?? (await bodyDecoderPart.load())
  return new GameCodec(schema, packer, BodyDecoder)
}
