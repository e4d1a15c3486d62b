import type { BitWriter } from '../bits/writer.ts'
import { golombBits, writeGolomb } from './golomb.ts'
import { KEPT_SPEED, LedCodec } from './led.ts'
import type { BlobBytes } from './record.ts'
import { codedMiss } from './value-ladder.ts'

/** The writer's half of a codec of which pages load the other one only. */
export class LedWriter extends LedCodec {
  protected override writeColumn(writer: BitWriter, i: number, value: number, blobs: BlobBytes): void {
    if (this.mayKeep(i)) {
      const kept = this.keptSpeed(value < 0)
      this.isKept =
        this.bitsOf(i, value, kept, KEPT_SPEED) + 1 <
        this.bitsOf(i, value, this.expectation.columns[i]!, this.widthOf[i]!)
      writer.bool(this.isKept)
      if (this.isKept) {
        writer.bool(value < 0)
        this.expectation.columns[i] = kept
      }
    }
    const expected = this.expectation.columns[i]
    super.writeColumn(writer, i, value, blobs)
    this.pass(i, value !== expected)
  }

  protected override writeMissed(writer: BitWriter, i: number, value: number, expected: number): void {
    const k = this.isKept ? KEPT_SPEED : this.widthOf[i]!
    if (k < 0) super.writeMissed(writer, i, value, expected)
    else writeGolomb(writer, codedMiss(this.track.columns[i]!, value, expected), k)
  }

  private bitsOf(i: number, value: number, expected: number, k: number): number {
    return value === expected ? 1 : 1 + golombBits(codedMiss(this.track.columns[i]!, value, expected), k)
  }
}
