import { encodeBlob } from '@tickwire/protocol/internal'
import type { FieldLayout, KindLayout, Packer } from '@tickwire/protocol/internal'

const EMPTY = new Uint8Array(0)

/**
 * The variable-length fields of one entity: their bytes, and a revision that changes exactly when the bytes do. Revisions
 * stand in the entity's row, so that anchors see a change as they see any other.
 */
export class EntityBlobs {
  private readonly values: unknown[]
  private readonly encoded: Uint8Array[]
  private readonly revisions: Int32Array
  private readonly counts: Int32Array
  private readonly maxBytes: readonly number[]

  constructor(kind: Pick<KindLayout, 'blobs' | 'columns'>) {
    this.values = kind.blobs.map(() => undefined)
    this.encoded = kind.blobs.map(() => EMPTY)
    this.revisions = new Int32Array(kind.blobs.length)
    this.counts = new Int32Array(kind.blobs.length)
    this.maxBytes = kind.blobs.map(({ blobColumn }) => kind.columns[blobColumn]!.blobMaxBytes)
  }

  bytes(blob: number): Uint8Array {
    return this.encoded[blob]!
  }

  /**
   * The revision of a field: 0 while it is as an untouched entity's.
   * @throws RangeError when the value does not fit its field
   */
  revise(layout: FieldLayout, value: unknown, packer: Packer): number {
    const { blob, name, declared, spec } = layout
    // Texts are immutable: the same one needs no second look. Lists and bytes may have been changed in place.
    if (spec.kind === 'text' && value === this.values[blob]) return this.revisions[blob]!
    // The default of a packed field is null, which its validator need not know.
    if (spec.kind === 'packed' && value === null && this.revisions[blob] === 0) return 0
    const bytes = encodeBlob(name, declared, value, packer)
    if (bytes.length > this.maxBytes[blob]!) {
      throw new RangeError(`${name}: expected at most ${this.maxBytes[blob]} bytes, got ${bytes.length}`)
    }
    this.values[blob] = value
    const isSame = this.revisions[blob] === 0 ? isDefault(layout, bytes) : areEqual(bytes, this.encoded[blob]!)
    if (isSame) return this.revisions[blob]!
    this.encoded[blob] = bytes
    const revision = isDefault(layout, bytes) ? 0 : ++this.counts[blob]!
    this.revisions[blob] = revision
    return revision
  }
}

/** Empty texts and bytes have none, an empty list only zeros of its count. */
function isDefault({ spec }: FieldLayout, bytes: Uint8Array): boolean {
  return spec.kind !== 'packed' && bytes.every((byte) => byte === 0) && (spec.kind === 'list' || bytes.length === 0)
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
