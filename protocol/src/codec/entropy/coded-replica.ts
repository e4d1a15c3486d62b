import type { Packer } from '../../messages/values.ts'
import type { GameLayout } from '../layout.ts'
import { Replica } from '../replica.ts'
import { BodyDecoder } from './body-decoder.ts'

/** A replica of any game. A page has the decoder only for games that need it: see `GameCodec.createReplica`. */
export function replicaOf(layout: GameLayout, packer: Packer): Replica {
  return new Replica(layout, packer, layout.schema.compression === 'entropy' ? new BodyDecoder(layout) : null)
}
