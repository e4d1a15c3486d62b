import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { countingBytes } from '../helpers.ts'
import { directoryContract, RESERVATION_MS } from './contract.ts'
import { delayed } from './delayed.ts'
import { namesContract } from './names-contract.ts'

function create(): { directory: MemoryDirectory; advance: (ms: number) => void } {
  const clock = new FakeClock()
  const directory = new MemoryDirectory({ clock, randomBytes: countingBytes(), reservationMs: RESERVATION_MS })
  return { directory, advance: (ms) => clock.advance(ms) }
}

directoryContract('in memory', create)
namesContract('in memory', () => create().directory.names)
for (const seed of [1, 2, 3]) {
  directoryContract(`far away, seed ${seed}`, () => {
    const { directory, advance } = create()
    return { directory: delayed(directory, seed), advance }
  })
  namesContract(`far away, seed ${seed}`, () => delayed(create().directory, seed).names)
}
