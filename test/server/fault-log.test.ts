import { expect, it } from 'vitest'
import { FaultLog } from '../../server/src/fault-log.ts'
import { createLogger } from '../../server/src/log.ts'
import type { RoomError } from '../../server/src/room/definition.ts'
import { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'

function setup(): {
  readonly clock: FakeClock
  readonly lines: string[]
  readonly add: (change?: Partial<RoomError>) => void
} {
  const clock = new FakeClock()
  const lines: string[] = []
  // Without the stack: only the first line is of interest.
  const faults = new FaultLog(
    clock,
    createLogger('error', (line) => lines.push(line.split('\n', 1)[0]!)),
  )
  return {
    clock,
    lines,
    add: (change) => faults.add({ error: new Error('boom'), phase: 'tick', roomId: 'r1', seat: null, ...change }),
  }
}

it('a fault is logged at once, with its room, its phase and the player', () => {
  const { lines, add } = setup()
  add()
  add({ phase: 'join', seat: 3, error: 'a text' })
  expect(lines).toEqual(['tickwire error room r1, tick: Error: boom', 'tickwire error room r1, join, player 3: a text'])
})

it('one that comes in every tick is logged every ten seconds, with how often it came', () => {
  const { clock, lines, add } = setup()
  for (let tick = 0; tick < 50 * 25; tick++) {
    add()
    clock.advance(20)
  }
  expect(lines).toHaveLength(3)
  expect(lines[1]).toBe('tickwire error room r1, tick (and 499 times since it was last logged): Error: boom')
})

it('another fault, or the same in another phase, does not wait for it', () => {
  const { lines, add } = setup()
  add()
  add({ error: new Error('bang') })
  add({ phase: 'simulate' })
  add({ roomId: 'r2' })
  expect(lines).toHaveLength(3)
})

it('faults without end, such as messages with ids, are not kept without end', () => {
  const { lines, add } = setup()
  for (let id = 0; id < 300; id++) add({ error: new Error(`no ship ${id}`) })
  expect(lines).toHaveLength(300)
  add({ error: new Error('no ship 0') })
  expect(lines).toHaveLength(301)
})
