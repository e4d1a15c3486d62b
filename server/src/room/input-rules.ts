import type { GameSchema } from '@tickwire/protocol'
import { scalarsOf } from '@tickwire/protocol/internal'
import type { InputCodec } from '@tickwire/protocol/internal'

/** What a tick without input repeats is held for so long; a hidden tab must not fly on for ever. */
const REPEAT_SECONDS = 0.5

/** What a room's inputs are made of and what stands for a missing one; the same for all its seats. */
export class InputRules {
  readonly codec: InputCodec
  private readonly pressColumns: readonly number[]
  private readonly repeats: boolean
  private readonly maxRepeats: number

  constructor(codec: InputCodec, schema: GameSchema, idle: 'repeat' | 'neutral') {
    this.codec = codec
    this.repeats = idle === 'repeat'
    this.maxRepeats = Math.ceil(REPEAT_SECONDS * schema.tickRateHz)
    const columns = Object.values(schema.input).flatMap(({ spec }) => scalarsOf(spec).map(() => spec.kind))
    this.pressColumns = columns.flatMap((kind, i) => (kind === 'press' ? [i] : []))
  }

  /** What a tick without input gets, the `missing`-th in a row, from 1. */
  idle(last: Int32Array, missing: number): Int32Array {
    return this.repeats && missing <= this.maxRepeats ? this.codec.repeat(last) : this.codec.neutral
  }

  hasPress(columns: Int32Array): boolean {
    return this.pressColumns.some((i) => columns[i] !== 0)
  }

  /** `columns` with the presses of both. */
  withPresses(columns: Int32Array, presses: Int32Array): Int32Array {
    const both = columns.slice()
    for (const i of this.pressColumns) if (presses[i] !== 0) both[i] = 1
    return both
  }
}
