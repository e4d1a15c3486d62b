import { parentPort, workerData } from 'node:worker_threads'
import { BitReader, layoutOf, NO_PACKER, replicaOf } from '@tickwire/protocol/internal'
import type { Stream } from './arena-codec.ts'
import { median } from './numbers.ts'
import { arenaSchema, codedArenaSchema } from './worlds/arena-world.ts'

/** Ticks until the engine has compiled the decoder. */
const WARM_UP_TICKS = 800

const { tier, bodies, tables } = workerData as Stream
const replica = replicaOf(layoutOf(tier === 'packed' ? arenaSchema : codedArenaSchema), NO_PACKER)
const times: number[] = []
for (const [i, body] of bodies.entries()) {
  const tick = i + 1
  const table = tables.get(tick)
  if (table !== undefined) replica.learnTable(table.number, table.bytes)
  const reader = new BitReader(body)
  const start = performance.now()
  replica.begin()
  replica.readTrack(reader, 'all', tick)
  replica.commit()
  if (tick > WARM_UP_TICKS) times.push(performance.now() - start)
}
parentPort!.postMessage(median(times) * 1000)
