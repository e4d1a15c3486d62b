/**
 * Section 1 of docs/protocol.md, written from the page alone and one bit at a time: slow, short, and with nothing in
 * common with the product's reader and writer but the page.
 */

/** What is wrong with a packet, in the page's words; a value that breaks a rule of its own is `malformed` too. */
export type Fault = 'truncated' | 'malformed' | 'trailing'

/** A packet breaks the page. */
export class Refused extends Error {
  readonly fault: Fault

  constructor(fault: Fault, message: string) {
    super(`${fault}: ${message}`)
    this.fault = fault
  }
}

export function malformed(message: string): never {
  throw new Refused('malformed', message)
}

/** How many bits a number needs; 0 needs none. */
export function bitsOf(max: number): number {
  return max === 0 ? 0 : max.toString(2).length
}

/** Reads values behind one another. */
export class BitSource {
  private readonly bytes: Uint8Array
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get bitsLeft(): number {
    return this.bytes.length * 8 - this.at
  }

  bit(): number {
    if (this.bitsLeft < 1) throw new Refused('truncated', 'a read past the end')
    const bit = (this.bytes[this.at >> 3]! >> (this.at & 7)) & 1
    this.at++
    return bit
  }

  align(): void {
    while (this.at % 8 !== 0) if (this.bit() === 1) malformed('padding that is not zero')
  }

  /** As many bytes as are asked for, from any bit on. */
  take(length: number): Uint8Array {
    if (this.bitsLeft < length * 8) throw new Refused('truncated', 'bytes past the end')
    return Uint8Array.from({ length }, () => {
      let byte = 0
      for (let i = 0; i < 8; i++) byte += this.bit() * 2 ** i
      return byte
    })
  }

  /** All whole bytes up to the end. */
  rest(): Uint8Array {
    return this.take(Math.floor(this.bitsLeft / 8))
  }

  /** For what nobody reads. */
  skipToEnd(): void {
    this.at = this.bytes.length * 8
  }

  expectEnd(): void {
    if (this.bitsLeft > 7) throw new Refused('trailing', `${this.bitsLeft} bits are left`)
    while (this.bitsLeft > 0) if (this.bit() === 1) throw new Refused('trailing', 'a bit behind the last value')
  }
}

/** Writes what a `BitSource` reads. */
export class BitSink {
  private readonly bits: number[] = []

  bit(bit: number): void {
    this.bits.push(bit)
  }

  align(): void {
    while (this.bits.length % 8 !== 0) this.bit(0)
  }

  put(bytes: Uint8Array): void {
    for (const byte of bytes) for (let i = 0; i < 8; i++) this.bit((byte >> i) & 1)
  }

  /** What was written, with zeros up to a whole byte. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.bits.length / 8))
    for (const [i, bit] of this.bits.entries()) bytes[i >> 3]! |= bit << (i & 7)
    return bytes
  }
}
