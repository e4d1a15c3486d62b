import { mixEntity } from '@tickwire/protocol/internal'
import type { Replica } from '@tickwire/protocol/internal'

const row = new Int32Array(256)

/** What a client that holds this would hash at a tick [VER2]. */
export function stateHash(replica: Replica, tick: number): number {
  let hash = 0
  for (const held of [...replica.entities.values()].toSorted((a, b) => a.slot - b.slot)) {
    replica.rowAt(held, tick, row)
    hash = mixEntity(hash, held.id, held.kind, row)
  }
  return hash
}
