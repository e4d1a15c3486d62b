import { valueOf } from '@tickwire/protocol/internal'
import type { Fields, KindLayout } from '@tickwire/protocol/internal'

/** Reads the fields of a flat row back; `hasOwnerTrack` says whether the row's low bits are known. */
export function materialise(kind: KindLayout, row: Int32Array, into: Fields, hasOwnerTrack: boolean): void {
  for (const layout of kind.fields) {
    if (layout.column < 0) continue
    if (layout.audience === 'owner' && !hasOwnerTrack) continue
    into[layout.name] = valueOf(layout, row, hasOwnerTrack)
  }
}
