const HALF = 0x8000
const ONE = 0x1_0000
/** The decisions that a mean is of: later ones count for as much as if it were of so many. */
const MEMORY = 512
/** Of what was met less often nothing is said: one half is as good, and costs nothing. */
const FEW = 20

/** What a room has seen of each context since it began, for its next table. Of the writer alone: nothing here travels as it is. */
export class Trainer {
  readonly count: number
  private readonly means: Float64Array
  private readonly met: Uint16Array

  constructor(count: number) {
    this.count = count
    this.means = new Float64Array(count).fill(HALF)
    this.met = new Uint16Array(count)
  }

  learn(context: number, value: boolean): void {
    const met = Math.min(MEMORY, this.met[context]! + 1)
    this.met[context] = met
    // The half that is added keeps a mean of few decisions from certainty.
    const mean = this.means[context]!
    this.means[context] = mean + ((value ? 0 : ONE) - mean) / (met + 1.5)
  }

  isLearnt(context: number): boolean {
    return this.met[context]! >= FEW
  }

  /** Of a 0, in 1/65536. */
  probability(context: number): number {
    return this.means[context]!
  }
}
