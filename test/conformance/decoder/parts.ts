/** The names of section 1 as pairs of a reader and a writer, so that a layout of the page is one line of code. */
import { bitsOf, malformed } from './bits.ts'
import type { BitSink, BitSource } from './bits.ts'

export interface Part<T> {
  read(from: BitSource): T
  write(to: BitSink, value: T): void
}

/** `bits(n)`. */
export function bits(n: number): Part<number> {
  return {
    read: (from) => {
      let value = 0
      for (let i = 0; i < n; i++) value += from.bit() * 2 ** i
      return value
    },
    write: (to, value) => {
      for (let i = 0; i < n; i++) to.bit(Math.floor(value / 2 ** i) % 2)
    },
  }
}

export const bool: Part<boolean> = {
  read: (from) => from.bit() === 1,
  write: (to, value) => to.bit(value ? 1 : 0),
}

/** `uintMax(max)`. */
export function uintMax(max: number): Part<number> {
  const width = bits(bitsOf(max))
  return {
    read: (from) => {
      const value = width.read(from)
      return value > max ? malformed(`${value} is above ${max}`) : value
    },
    write: (to, value) => width.write(to, value),
  }
}

/** `varuint(g)`: a last group of zeros behind another one could have been left out. */
export function varuint(g: number, max: number = 0xffff_ffff): Part<number> {
  const group = bits(g)
  return {
    read: (from) => {
      let value = 0
      for (let shift = 0; ; shift += g) {
        const part = group.read(from)
        value += part * 2 ** shift
        if (value > max) malformed(`a number above ${max}`)
        if (from.bit() === 1) continue
        return part === 0 && shift > 0 ? malformed('a varuint with an empty group at its end') : value
      }
    },
    write: (to, value) => {
      for (let left = value; ; left = Math.floor(left / 2 ** g)) {
        group.write(to, left % 2 ** g)
        const isLast = left < 2 ** g
        to.bit(isLast ? 0 : 1)
        if (isLast) return
      }
    },
  }
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/** `varint(g)`. */
export function varint(g: number): Part<number> {
  const unsigned = varuint(g)
  return {
    read: (from) => unzigzag(unsigned.read(from)),
    write: (to, value) => unsigned.write(to, value < 0 ? -2 * value - 1 : 2 * value),
  }
}

/** Bytes behind their length. */
export function sized(maxBytes: number): Part<Uint8Array> {
  const length = varuint(7)
  return {
    read: (from) => {
      const count = length.read(from)
      return count > maxBytes ? malformed(`${count} bytes where ${maxBytes} are allowed`) : from.take(count)
    },
    write: (to, value) => {
      length.write(to, value.length)
      to.put(value)
    },
  }
}

/** `text`. */
export function text(maxBytes: number): Part<string> {
  return mapped(sized(maxBytes), toText, (value) => new TextEncoder().encode(value))
}

export function toText(utf8: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(utf8)
  } catch {
    return malformed('not UTF-8')
  }
}

/** So many raw bytes. */
export function bytes(length: number): Part<Uint8Array> {
  return { read: (from) => from.take(length), write: (to, value) => to.put(value) }
}

/** A part whose values have another form in memory. */
export function mapped<A, B>(part: Part<A>, from: (value: A) => B, to: (value: B) => A): Part<B> {
  return { read: (source) => from(part.read(source)), write: (sink, value) => part.write(sink, to(value)) }
}

/** So many of the same. */
export function times<T>(count: number, part: Part<T>): Part<T[]> {
  return {
    read: (from) => Array.from({ length: count }, () => part.read(from)),
    write: (to, value) => {
      for (const one of value) part.write(to, one)
    },
  }
}

/** A bit that says whether something follows. */
export function optional<T>(part: Part<T>): Part<T | null> {
  return {
    read: (from) => (bool.read(from) ? part.read(from) : null),
    write: (to, value) => {
      bool.write(to, value !== null)
      if (value !== null) part.write(to, value)
    },
  }
}

/** Named parts, one behind the other. */
export function struct<S extends Record<string, Part<unknown>>>(
  shape: S,
): Part<{ [K in keyof S]: S[K] extends Part<infer T> ? T : never }> {
  type Whole = { [K in keyof S]: S[K] extends Part<infer T> ? T : never }
  return {
    read: (from) => Object.fromEntries(Object.entries(shape).map(([name, part]) => [name, part.read(from)])) as Whole,
    write: (to, value) => {
      for (const [name, part] of Object.entries(shape)) part.write(to, value[name])
    },
  }
}
