import { ConfigError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { Audience, FieldSpec, Quaternion, StandardSchema, Vec2, Vec3 } from './spec.ts'

declare const VALUE: unique symbol

/**
 * A declared field: its run-time description and, in its type, the value it holds and who may see it.
 * The audience is a call (`.to('owner')`) and not an option: an excess option on a generic compiles, and would have shown
 * the field to everyone.
 */
export interface Field<T, A extends Audience = 'all'> {
  readonly spec: FieldSpec
  readonly audience: A
  /** Only for `packed`: the validator that each received value must pass. */
  readonly validator?: StandardSchema | undefined
  /** Names who may see this field; only fields of entities and of players have an audience. */
  to<B extends Audience>(audience: B): Field<T, B>
  readonly [VALUE]?: T
}

/** Fields by name: one section of a schema. */
export type FieldMap = { readonly [name: string]: Field<unknown, Audience> }

/** The value that a field holds. */
export type ValueOf<F> = F extends Field<infer T, Audience> ? T : never

function make<T, A extends Audience>(spec: FieldSpec, audience: A, validator?: StandardSchema): Field<T, A> {
  return Object.freeze({
    spec: Object.freeze(spec),
    audience,
    validator,
    to: <B extends Audience>(next: B): Field<T, B> => {
      const known: readonly string[] = ['all', 'owner', 'team', 'revealed', 'nobody']
      if (!known.includes(next)) throw new ConfigError('field.to', `one of ${known.join(', ')}`, next)
      return make<T, B>(spec, next, validator)
    },
  })
}

const declare = <T>(spec: FieldSpec, validator?: StandardSchema): Field<T> => make<T, 'all'>(spec, 'all', validator)

const INT32_MIN = -0x8000_0000
const INT32_MAX = 0x7fff_ffff

function expectInteger(option: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigError(option, `an integer from ${min} to ${max}`, value)
  }
}

interface Range {
  readonly min: number
  /** Exclusive: the largest value that travels is `max - precision`. */
  readonly max: number
  /** One quantisation step. Powers of two are exact; others round like any decimal fraction. */
  readonly precision: number
}

/**
 * Steps on either side of 0: 22 bits, not 31, because a predicted kind is simulated with up to eight bits more and its
 * row must still be an int32.
 */
const MAX_STEPS = 1 << 22

function expectRange(option: string, { min, max, precision }: Range): void {
  if (!(precision > 0) || !Number.isFinite(precision)) {
    throw new ConfigError(`${option}.precision`, 'a number > 0', precision)
  }
  if (!Number.isFinite(min) || !Number.isFinite(max) || !(max > min)) {
    throw new ConfigError(`${option}.max`, `a number > min (${min})`, max)
  }
  const reach = Math.max(Math.abs(min), Math.abs(max)) / precision
  if (reach > MAX_STEPS) {
    throw new ConfigError(`${option}.precision`, `at most ${MAX_STEPS} steps on either side of 0`, precision)
  }
}

/** The kinds of fields. Each call checks its options at once and throws a `ConfigError` that names the wrong one. */
export const field = {
  /** One bit. */
  bool: (): Field<boolean> => declare({ kind: 'bool' }),

  /** An input that is true for exactly one tick per press; a tap between two ticks is not lost. */
  press: (): Field<boolean> => declare({ kind: 'press' }),

  /** An integer from 0 to `max`, both included. */
  uint: ({ max }: { readonly max: number }): Field<number> => {
    expectInteger('field.uint.max', max, 1, INT32_MAX)
    return declare({ kind: 'uint', max })
  },

  /** An integer from `min` to `max`, both included. */
  int: ({ min, max }: { readonly min: number; readonly max: number }): Field<number> => {
    expectInteger('field.int.min', min, INT32_MIN, INT32_MAX - 1)
    expectInteger('field.int.max', max, min + 1, INT32_MAX)
    return declare({ kind: 'int', min, max })
  },

  /** A number from `min` (included) to `max` (excluded) in steps of `precision`. */
  fixed: (range: Range): Field<number> => {
    expectRange('field.fixed', range)
    return declare({ kind: 'fixed', min: range.min, max: range.max, precision: range.precision })
  },

  /** An angle in radians, stored in 2^bits steps per turn; read back in [-pi, pi). */
  angle: ({ bits }: { readonly bits: number } = { bits: 10 }): Field<number> => {
    expectInteger('field.angle.bits', bits, 2, 20)
    return declare({ kind: 'angle', bits })
  },

  /** A 32-bit float, for what has no sensible range. Costs 32 bits whenever it changes. */
  f32: (): Field<number> => declare({ kind: 'f32' }),

  /** `{ x, y }`, each in the range of `fixed`. */
  vec2: (range: Range): Field<Vec2> => {
    expectRange('field.vec2', range)
    return declare({ kind: 'vec2', min: range.min, max: range.max, precision: range.precision })
  },

  /** `{ x, y, z }`, each in the range of `fixed`. */
  vec3: (range: Range): Field<Vec3> => {
    expectRange('field.vec3', range)
    return declare({ kind: 'vec3', min: range.min, max: range.max, precision: range.precision })
  },

  /** A unit quaternion `{ x, y, z, w }`, smallest three components with `bits` bits each. */
  quaternion: ({ bits }: { readonly bits: number } = { bits: 9 }): Field<Quaternion> => {
    expectInteger('field.quaternion.bits', bits, 4, 16)
    return declare({ kind: 'quaternion', bits })
  },

  /** Text of at most `maxBytes` bytes of UTF-8. */
  text: ({ maxBytes }: { readonly maxBytes: number }): Field<string> => {
    expectInteger('field.text.maxBytes', maxBytes, 1, LIMITS.maxTextBytes)
    return declare({ kind: 'text', maxBytes })
  },

  /** Raw bytes, at most `maxBytes`. */
  bytes: ({ maxBytes }: { readonly maxBytes: number }): Field<Uint8Array> => {
    expectInteger('field.bytes.maxBytes', maxBytes, 1, LIMITS.maxTextBytes)
    return declare({ kind: 'bytes', maxBytes })
  },

  /** One of the given words. */
  oneOf: <const V extends readonly [string, ...string[]]>(...values: V): Field<V[number]> => {
    if (values.length < 2 || values.length > 256) {
      throw new ConfigError('field.oneOf', '2 to 256 values', values.length)
    }
    if (!values.every((value) => typeof value === 'string')) throw new ConfigError('field.oneOf', 'words', values)
    if (new Set(values).size !== values.length) throw new ConfigError('field.oneOf', 'distinct values', values.join())
    return declare({ kind: 'oneOf', values: Object.freeze([...values]) })
  },

  /** A tick number: u32. */
  tick: (): Field<number> => declare({ kind: 'tick' }),

  /** A seat number, or null. */
  seat: (): Field<number | null> => declare({ kind: 'seat' }),

  /** The id of an entity, or null. A client that may not see the entity receives null. */
  entity: (): Field<number | null> => declare({ kind: 'entity' }),

  /** Up to `maxItems` values of one field. Sent whole when it changes. */
  list: <T>(of: Field<T>, { maxItems }: { readonly maxItems: number }): Field<T[]> => {
    expectInteger('field.list.maxItems', maxItems, 1, LIMITS.maxListItems)
    const itemKind = of.spec.kind
    if (itemKind === 'list' || itemKind === 'packed' || itemKind === 'press') {
      throw new ConfigError('field.list', 'a field that is not itself a list, packed or press', itemKind)
    }
    return declare({ kind: 'list', of: of.spec, maxItems })
  },

  /** Whatever msgpack can say, checked by a Standard Schema on arrival. For what no bit layout fits; not for hot state. */
  packed: <T>(schema: StandardSchema<T>, { maxBytes }: { readonly maxBytes: number }): Field<T> => {
    expectInteger('field.packed.maxBytes', maxBytes, 1, LIMITS.maxTextBytes)
    if (typeof schema?.['~standard']?.validate !== 'function') {
      throw new ConfigError('field.packed', 'a Standard Schema (zod, valibot, arktype ...)', schema)
    }
    return declare({ kind: 'packed', maxBytes }, schema)
  },
} as const
