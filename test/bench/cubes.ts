import { BitReader, BitWriter, layoutOf, NO_PACKER, Replica } from '@tickwire/protocol/internal'
import { TestWorld } from '../protocol/codec/world.ts'
import type { Bench, Figure } from './report.ts'
import { cubesSchema, CubesWorld } from './worlds/cubes-world.ts'

const WARM_UP_TICKS = 120
const TICKS = 1200

export const cubes: Bench = {
  name: 'cubes',
  about: '901 rigid bodies at 60 Hz, each snapshot against the one before, shared by all clients',
  run: async () => measure(await CubesWorld.create()),
}

function measure(world: CubesWorld): Figure[] {
  const target = new TestWorld(cubesSchema)
  for (const [slot, cube] of world.cubes.entries()) target.spawn(slot, 'cube', cube)
  const replica = new Replica(layoutOf(cubesSchema), NO_PACKER)
  const writer = new BitWriter(1 << 16)
  const known = new Map<number, number>()
  const totals = { bytes: 0, changed: 0 }
  const times: number[] = []
  const before = [...target.slots.values()].map(({ row }) => row.slice())
  for (let tick = 1; tick <= WARM_UP_TICKS + TICKS; tick++) {
    world.step()
    const start = performance.now()
    target.advance(tick)
    writer.reset()
    target.writeTrack(writer, 'all', known, tick - 1, tick)
    const body = writer.view()
    replica.begin()
    replica.readTrack(new BitReader(body), 'all', tick)
    replica.commit()
    const elapsedMs = performance.now() - start
    if (tick === 1) for (const [slot, { generation }] of target.slots) known.set(slot, generation)
    const changed = changes(target, before)
    if (tick <= WARM_UP_TICKS) continue
    times.push(elapsedMs)
    totals.bytes += body.length
    totals.changed += changed
  }
  return [
    { name: 'changedPerSnapshot', value: totals.changed / TICKS, unit: 'cubes', must: '' },
    { name: 'packed.bytesPerSnapshot', value: totals.bytes / TICKS, unit: 'B', must: '<= 350' },
    { name: 'packed.bytesPerChange', value: totals.bytes / totals.changed, unit: 'B', must: '' },
    { name: 'packed.codecMs', value: times.toSorted((a, b) => a - b)[TICKS >> 1]!, unit: 'ms', must: '< 1' },
  ]
}

/** How many rows differ from `before`, which takes them over. */
function changes({ slots }: TestWorld, before: readonly Int32Array[]): number {
  let changed = 0
  for (const [slot, { row }] of slots) {
    if (row.some((value, i) => value !== before[slot]![i])) changed++
    before[slot]!.set(row)
  }
  return changed
}
