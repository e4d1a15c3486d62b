import { BitReader } from '@tickwire/protocol/internal'

/** Bits under the name of what was read, in the order of reading; neighbours of one name are one. */
export interface MeteredRead {
  what: string
  bits: number
}

const NOTHING = new Uint8Array(0)

/** A reader that notes how many bits each value took: every read names what it reads. */
export class MeteringReader extends BitReader {
  /** Valid up to `count`; used again after `begin`. */
  readonly reads: MeteredRead[] = []
  count = 0

  constructor() {
    super(NOTHING)
  }

  /** Starts anew on what `source` has not read yet, which it will still have to read itself. */
  begin(source: BitReader): void {
    this.count = 0
    source.lend(this)
  }

  override bits(count: number, what: string): number {
    const value = super.bits(count, what)
    this.note(what, count)
    return value
  }

  override bool(what: string): boolean {
    const value = super.bool(what)
    this.note(what, 1)
    return value
  }

  override bytes(count: number, what: string): Uint8Array {
    const isAligned = (this.bitOffset & 7) === 0
    const bytes = super.bytes(count, what)
    // Elsewhere they come by `bits`, and are noted there.
    if (isAligned) this.note(what, 8 * count)
    return bytes
  }

  override skipBits(count: number, what: string): void {
    super.skipBits(count, what)
    this.note(what, count)
  }

  private note(what: string, bits: number): void {
    const last = this.count > 0 ? this.reads[this.count - 1]! : null
    if (last !== null && last.what === what) {
      last.bits += bits
      return
    }
    const read = (this.reads[this.count] ??= { what: '', bits: 0 })
    read.what = what
    read.bits = bits
    this.count++
  }
}
