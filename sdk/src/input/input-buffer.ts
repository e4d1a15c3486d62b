import type { FieldMap } from '@tickwire/protocol'
import { ConfigError, LIMITS } from '@tickwire/protocol'
import type { InputCodec, TickInput } from '@tickwire/protocol/internal'

/** The input of one tick as game code reads it. */
export type InputValues = Readonly<Record<string, unknown>>

interface KeptInput extends TickInput {
  readonly values: InputValues
}

/** Inputs kept for replays: more than the longest replay, a power of two. */
const KEPT_INPUTS = 256
const DEFAULT_INPUT_RATE_HZ = 30
/** Where packets get lost each input travels in so many: at 5 % of loss one in 8000 is lost. */
const PACKETS_PER_INPUT = 3
/** So long the server repeats the last input of a player whose inputs are missing; then it takes the neutral one. */
const REPEAT_SECONDS = 0.5

/**
 * The player's intent, tick by tick. An input is quantised before it is predicted, so that both ends simulate the same
 * one; it is kept for replays, and leaves in packets of a few ticks.
 */
export class InputBuffer {
  /** How many ticks share a packet. */
  readonly ticksPerPacket: number
  private readonly codec: InputCodec
  private readonly names: ReadonlySet<string>
  private readonly pressNames: readonly string[]
  private readonly neutral: InputValues
  private readonly maxRepeats: number
  private readonly kept: (KeptInput | undefined)[] = Array.from({ length: KEPT_INPUTS })
  private readonly pressed: Set<string> = new Set()
  private unsent: KeptInput[] = []

  constructor(codec: InputCodec, fields: FieldMap, tickRateHz: number, inputRateHz: number = DEFAULT_INPUT_RATE_HZ) {
    if (!(inputRateHz > 0)) throw new ConfigError('inputRateHz', 'a number > 0', inputRateHz)
    this.codec = codec
    this.names = new Set(Object.keys(fields))
    this.pressNames = Object.keys(fields).filter((name) => fields[name]?.spec.kind === 'press')
    this.neutral = Object.freeze(codec.fromColumns(codec.neutral))
    this.maxRepeats = Math.ceil(REPEAT_SECONDS * tickRateHz)
    this.ticksPerPacket = Math.max(1, Math.min(LIMITS.maxInputsPerPacket / 2, Math.round(tickRateHz / inputRateHz)))
  }

  /**
   * Presses an input; it lives until exactly one tick has read it.
   * @throws ConfigError when the schema declares no such `field.press()`
   */
  press(name: string): void {
    if (!this.pressNames.includes(name)) {
      throw new ConfigError('room.press', `one of ${this.pressNames.join(', ') || '(no field.press() in input)'}`, name)
    }
    this.pressed.add(name)
  }

  /** What to say of a name in a sample that the schema does not have, or null. TypeScript lets it pass beside right ones. */
  strayName(sampled: object): string | null {
    for (const name in sampled) {
      if (!this.names.has(name)) return `the schema's input has no "${name}"; it has ${[...this.names].join(', ')}`
    }
    return null
  }

  /** Presses that came with a frame's sample: they too must outlive a frame in which no tick is due. */
  latchPresses(sampled: object): void {
    for (const name of this.pressNames) if ((sampled as InputValues)[name] === true) this.pressed.add(name)
  }

  /** Makes the input of a tick from what was sampled and pressed. Ticks rise; one that is left out was skipped. */
  push(tick: number, sampled: object, viewStamp: number): InputValues {
    const last = this.unsent.at(-1)
    if (last !== undefined && last.tick !== tick - 1) this.dropUnsent()
    const presses = Object.fromEntries(this.pressNames.map((name) => [name, this.pressed.has(name)]))
    this.pressed.clear()
    const columns = this.codec.toColumns({ ...sampled, ...presses })
    const values = Object.freeze(this.codec.fromColumns(columns))
    const input = { tick, columns, viewStamp, values }
    this.kept[tick % KEPT_INPUTS] = input
    this.unsent.push(input)
    if (this.unsent.length > LIMITS.maxInputsPerPacket) this.unsent.shift()
    return values
  }

  /** What is simulated at a tick: its input, or for a tick without one what the server takes by default: the last, held. */
  at(tick: number): InputValues {
    const input = this.keptAt(tick)
    if (input !== undefined) return input.values
    for (let before = tick - 1; before >= Math.max(0, tick - this.maxRepeats); before--) {
      const last = this.keptAt(before)
      if (last !== undefined) return this.codec.fromColumns(this.codec.repeat(last.columns))
    }
    return this.neutral
  }

  /** True once enough ticks wait for a packet. */
  get isPacketDue(): boolean {
    return this.unsent.length >= this.ticksPerPacket
  }

  /**
   * The inputs for a packet, oldest first, of consecutive ticks; they count as sent.
   * @param isRepeated true: with those of the packets before, which may have been lost
   */
  takeUnsent(isRepeated: boolean = false): readonly TickInput[] {
    const inputs = this.unsent
    this.unsent = []
    const newest = inputs.at(-1)
    return isRepeated && newest !== undefined ? this.upTo(newest.tick) : inputs
  }

  /** The inputs of the last packets, up to a tick; what was jumped over ends them. */
  private upTo(newest: number): readonly TickInput[] {
    const most = Math.min(LIMITS.maxInputsPerPacket, PACKETS_PER_INPUT * this.ticksPerPacket)
    const inputs: TickInput[] = []
    for (let tick = newest; inputs.length < most; tick--) {
      const input = tick < 0 ? undefined : this.keptAt(tick)
      if (input === undefined) break
      inputs.unshift(input)
    }
    return inputs
  }

  private keptAt(tick: number): KeptInput | undefined {
    const input = this.kept[tick % KEPT_INPUTS]
    return input?.tick === tick ? input : undefined
  }

  /** The ticks of these are past at the server. What was held is held on; a press must not be lost. */
  private dropUnsent(): void {
    for (const { values } of this.unsent) this.latchPresses(values)
    this.unsent = []
  }
}
