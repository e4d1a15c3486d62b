import { BitReader, BitWriter, layoutOf, NO_PACKER, Replica } from '@tickwire/protocol/internal'
import { TestWorld } from '../protocol/codec/world.ts'
import { arenaSchema, arenaWorld } from './worlds/arena-world.ts'
import type { WorldHost } from './worlds/bench-world.ts'

const WARM_UP_TICKS = 400
const TICKS = 2000

/** Decodes the arena's bodies without any socket; the median of many short rounds, in us per snapshot. */
export function measureDecodeUs(): number {
  const target = new TestWorld(arenaSchema)
  const world = arenaWorld.create(hostOn(target), 1)
  const replica = new Replica(layoutOf(arenaSchema), NO_PACKER)
  const known = new Map<number, number>()
  const writer = new BitWriter(4096)
  const times: number[] = []
  for (let tick = 1; tick <= WARM_UP_TICKS + TICKS; tick++) {
    world.step()
    target.advance(tick)
    writer.reset()
    target.writeTrack(writer, 'all', known, tick - 1, tick)
    const reader = new BitReader(writer.toBytes())
    const start = performance.now()
    replica.begin()
    replica.readTrack(reader, 'all', tick)
    replica.commit()
    if (tick > WARM_UP_TICKS) times.push(performance.now() - start)
    known.clear()
    for (const [slot, { generation }] of target.slots) known.set(slot, generation)
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1]! * 1000
}

function hostOn(target: TestWorld): WorldHost {
  const free: number[] = Array.from({ length: 1000 }, (_, i) => 999 - i)
  const slots = new Map<object, number>()
  return {
    spawn: (kind, fields) => {
      const slot = free.pop()!
      target.spawn(slot, kind, fields)
      slots.set(fields, slot)
      return fields
    },
    despawn: (body) => {
      const slot = slots.get(body)!
      slots.delete(body)
      target.despawn(slot)
      free.push(slot)
    },
  }
}
