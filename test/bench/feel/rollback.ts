import type { JoinedRoom } from '@tickwire/sdk'
import { createStepper } from 'tickwire/testing'
import type { Arena } from '../../../demo/shared/schema.ts'
import { heldBytes } from '../faults/heap.ts'
import { median, p99 } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { demo, pilot, windyRoom } from './demo-room.ts'
import { aroundReconcile } from './reconciliations.ts'

/** So that a snapshot is about 24 ticks behind the newest predicted one. */
const RTT_MS = 400
const MINUTES = 10
const WARM_UP_MINUTES = 2
const TICKS = 24

/** A player of the demo who is set right three times a second, for ten minutes: what that costs, and whether it piles up. */
export async function rollback(): Promise<Figure[]> {
  const impair = { latencyMs: RTT_MS / 2 }
  const stepper = createStepper<Arena>({ rooms: [windyRoom()], impair, seed: 17 })
  const room = await stepper.join(demo, { name: 'Ada' })
  const steer = pilot(1)
  const meter = timeRollbacks(room)
  const minutes = (count: number): Promise<void> => stepper.run(60 * count, { input: steer })
  await minutes(WARM_UP_MINUTES)
  const before = await heldBytes()
  meter.length = 0
  await minutes(MINUTES - WARM_UP_MINUTES)
  const times = [...meter]
  meter.length = 0
  const after = await heldBytes()
  const { corrections } = room.stats
  await stepper.close()
  return [
    { name: 'rollback.count', value: corrections, unit: '', must: '>= 1000' },
    { name: 'rollback.of24TicksMedian', value: median(times), unit: 'ms', must: '< 2' },
    { name: 'rollback.of24TicksP99', value: p99(times), unit: 'ms', must: '' },
    { name: 'rollback.heapGrowth', value: (after - before) / 1000, unit: 'kB in 8 minutes', must: '<= 150' },
  ]
}

/** Times each rollback of 24 ticks or more, as of 24. */
function timeRollbacks(room: JoinedRoom<Arena>): number[] {
  const times: number[] = []
  aroundReconcile(room, (reconcile, depth) => {
    const start = performance.now()
    const { isReplayed } = reconcile()
    if (isReplayed && depth >= TICKS) times.push(((performance.now() - start) * TICKS) / depth)
  })
  return times
}
