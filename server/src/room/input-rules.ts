import type { GameSchema } from '@tickwire/protocol'
import { scalarsOf } from '@tickwire/protocol/internal'
import type { InputCodec } from '@tickwire/protocol/internal'

/** What a tick without input repeats is held for so long; a hidden tab must not fly on for ever. */
const REPEAT_SECONDS = 0.5

/** What a room's inputs are made of and what stands for a missing one; the same for all its seats. */
export class InputRules {
  readonly codec: InputCodec
  /** By column. */
  private readonly isPress: readonly boolean[]
  private readonly repeats: boolean
  private readonly maxRepeats: number

  constructor(codec: InputCodec, schema: GameSchema, idle: 'repeat' | 'neutral') {
    this.codec = codec
    this.repeats = idle === 'repeat'
    this.maxRepeats = Math.ceil(REPEAT_SECONDS * schema.tickRateHz)
    const specs = Object.values(schema.input).map(({ spec }) => spec)
    this.isPress = specs.flatMap((spec) => scalarsOf(spec).map(() => spec.kind === 'press'))
  }

  /**
   * Turns the columns of the last tick into those of one without input, the `missing`-th in a row, from 1.
   * @returns whether they changed
   */
  idle(columns: Int32Array, missing: number): boolean {
    const { neutral } = this.codec
    const isHeld = this.repeats && missing <= this.maxRepeats
    let hasChanged = false
    for (let i = 0; i < columns.length; i++) {
      const value = isHeld && !this.isPress[i] ? columns[i]! : neutral[i]!
      hasChanged ||= columns[i] !== value
      columns[i] = value
    }
    return hasChanged
  }

  hasPress(columns: Int32Array): boolean {
    return columns.some((value, i) => value !== 0 && this.isPress[i])
  }

  /** Adds the presses of another tick to `columns`. */
  addPresses(columns: Int32Array, presses: Int32Array): void {
    for (let i = 0; i < columns.length; i++) if (this.isPress[i] && presses[i] !== 0) columns[i] = 1
  }
}
