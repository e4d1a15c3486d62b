import { BitReader, BitWriter, layoutOf, NO_PACKER, Replica } from '@tickwire/protocol/internal'
import { TestWorld } from '../protocol/codec/world.ts'
import type { Bench, Figure } from './report.ts'
import { arenaSchema, ArenaWorld } from './worlds/arena-world.ts'

const WARM_UP_TICKS = 200
const TICKS = 2000
/** The header of a snapshot and its packet, as measured. */
const HEADER_BYTES = 9

export const arena: Bench = {
  name: 'arena',
  about: '100 ships and 100 bullets, all moving, seen by all, 20 Hz (codec only)',
  run: async (say) => {
    say(`seed 1, ${TICKS} ticks behind ${WARM_UP_TICKS} of warm-up`)
    return measure()
  },
}

function measure(): readonly Figure[] {
  const target = new TestWorld(arenaSchema)
  const free: number[] = Array.from({ length: 1000 }, (_, i) => 999 - i)
  const world = new ArenaWorld(
    {
      spawn: (kind, fields) => {
        const slot = free.pop()!
        target.spawn(slot, kind, fields)
        return slot
      },
      despawn: (slot) => {
        target.despawn(slot)
        free.push(slot)
      },
    },
    1,
  )
  const replica = new Replica(layoutOf(arenaSchema), NO_PACKER)
  const known = new Map<number, number>()
  const writer = new BitWriter(4096)
  let [bytes, updates, decodeMs] = [0, 0, 0]
  for (let tick = 1; tick <= WARM_UP_TICKS + TICKS; tick++) {
    world.step()
    target.advance(tick)
    writer.reset()
    target.writeTrack(writer, 'all', known, tick - 1, tick)
    const body = writer.toBytes()
    const start = performance.now()
    replica.begin()
    replica.readTrack(new BitReader(body), 'all', tick)
    replica.commit()
    if (tick > WARM_UP_TICKS) {
      decodeMs += performance.now() - start
      bytes += body.length + HEADER_BYTES
      updates += world.updatesPerTick
    }
    known.clear()
    for (const [slot, { generation }] of target.slots) known.set(slot, generation)
  }
  return [
    { name: 'packed.bytesPerUpdate', value: bytes / updates, unit: 'B', must: '<= 2' },
    { name: 'packed.bytesPerSnapshot', value: bytes / TICKS, unit: 'B', must: '' },
    { name: 'packed.decodeUs', value: (decodeMs / TICKS) * 1000, unit: 'us', must: '<= 40' },
  ]
}
