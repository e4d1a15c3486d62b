/** Both readers on packets that nobody sends: what one refuses the other refuses, what one reads the other reads alike. */
import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { bend, flip } from '../protocol/hostile.ts'
import { CORPUS } from './corpus.ts'
import { Pair } from './pair.ts'
import { fromHex } from './shown.ts'

const RUNS = 40

describe.each(CORPUS)('bent packets of the recording "$name"', ({ frames }) => {
  it('[BIT2] [BIT3] [VAL1] are read alike, and so is what follows them', () => {
    const random = new Random(frames.length)
    let [taken, refused] = [0, 0]
    for (let run = 0; run < RUNS; run++) {
      const pair = new Pair()
      const at = random.int(0, frames.length - 1)
      for (const { from, hex } of frames.slice(0, at)) pair.read(from, fromHex(hex))
      const { from, hex } = frames[at]!
      const valid = fromHex(hex)
      const bent = random.next() < 0.8 ? flip(random, valid, 1) : bend(random, valid, fromHex(random.pick(frames).hex))
      if (pair.read(from, bent) === 'refused') refused++
      else taken++
      for (const next of frames.slice(at, at + 5)) pair.read(next.from, fromHex(next.hex))
    }
    expect(taken).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
  })
})
