import { hashInts } from '../hash.ts'
import type { KindLayout } from './layout.ts'

/**
 * Takes one entity into a running hash of all that a client holds, in the order of slots [VER2]: its id, then the flat row
 * at the tick of the snapshot. Columns of tracks that are not held are 0 in it, and so are, from here on, those of variable
 * length: each end counts their revisions for itself.
 */
export function mixEntity(hash: number, id: number, kind: KindLayout, row: Int32Array): number {
  for (const { blobColumn } of kind.blobs) row[blobColumn] = 0
  head[0] = id
  return hashInts(row, 0, kind.columns.length, hashInts(head, 0, 1, hash))
}

const head = new Int32Array(1)
