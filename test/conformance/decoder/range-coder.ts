/** "Coded bodies" of docs/protocol.md, the lower half: decisions. */

/** Two probabilities of a 0, in 1/65536. */
export interface Context {
  fast: number
  slow: number
}

/** The coder holds 32 bits; only a code that no writer makes is longer. */
const WORD = 2 ** 32
const [FAST_SHIFT, SLOW_SHIFT] = [4, 7]

/** Reads decisions; behind the end of its bytes are zeros. */
export class RangeReader {
  private readonly bytes: Uint8Array
  private at = 0
  private range = 0xffff_ffff
  /** What was read, less all lower parts that were passed. */
  private code = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    for (let i = 0; i < 4; i++) this.code = this.code * 256 + this.next()
  }

  /** One decision, from which its context learns. */
  decide(context: Context): number {
    const bit = this.split(Math.floor((context.fast + context.slow) / 2))
    context.fast = moved(context.fast, bit, FAST_SHIFT)
    context.slow = moved(context.slow, bit, SLOW_SHIFT)
    return bit
  }

  private split(zero: number): number {
    const lower = Math.floor(this.range / 65_536) * zero
    const bit = this.code < lower ? 0 : 1
    if (bit === 1) this.code -= lower
    this.range = bit === 0 ? lower : this.range - lower
    while (this.range < 2 ** 24) {
      this.range *= 256
      this.code = (this.code * 256 + this.next()) % WORD
    }
    return bit
  }

  private next(): number {
    return this.bytes[this.at++] ?? 0
  }
}

function moved(p: number, bit: number, shift: number): number {
  return bit === 1 ? p - (p >> shift) : p + ((65_536 - p) >> shift)
}
