/** The product's reader and the one that was written from the page, side by side on the same packets. */
import { isDeepStrictEqual } from 'node:util'
import { DecodeError } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import { expect } from 'vitest'
import { Refused } from './decoder/bits.ts'
import type { End } from './decoder/messages.ts'
import { Oracle } from './oracle.ts'
import { GAMES, SecondReader } from './second-reader.ts'
import { packer } from './recorder.ts'
import { toHex } from './shown.ts'
import type { Shown } from './shown.ts'

export type Outcome = readonly Shown[] | 'refused'

export class Pair {
  private readonly product: Oracle
  readonly second: SecondReader

  constructor(games: readonly GameSchema[] = GAMES) {
    this.product = new Oracle(games, packer)
    this.second = new SecondReader(games)
  }

  /** What both make of a packet; a test fails where they differ. */
  read(from: End, packet: Uint8Array): Outcome {
    const [product, second] = [
      outcomeOf(() => this.product.read(from, packet)),
      outcomeOf(() => this.second.read(from, packet)),
    ]
    if (!isDeepStrictEqual(product, second)) expect(second, `${from} ${toHex(packet)}`).toEqual(product)
    return product
  }
}

function outcomeOf(read: () => readonly Shown[]): Outcome {
  try {
    // Through JSON, as the corpus: -0 and what is undefined do not count.
    return JSON.parse(JSON.stringify(read())) as readonly Shown[]
  } catch (error) {
    if (error instanceof DecodeError || error instanceof Refused) return 'refused'
    throw error
  }
}
