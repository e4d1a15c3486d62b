import { Worker } from 'node:worker_threads'
import { BitWriter, BodyEncoder, layoutOf } from '@tickwire/protocol/internal'
import { TestWorld } from '../protocol/codec/world.ts'
import { arenaSchema, arenaWorld, codedArenaSchema } from './worlds/arena-world.ts'
import type { WorldHost } from './worlds/bench-world.ts'

const TICKS = 2400
const TABLE_TICKS = 200

/** A recorded stream of bodies. */
export interface Stream {
  readonly tier: 'packed' | 'entropy'
  readonly bodies: readonly Uint8Array[]
  /** Tables, by the tick from which on they are named. */
  readonly tables: ReadonlyMap<number, { readonly number: number; readonly bytes: Uint8Array }>
}

/**
 * Decodes the arena's bodies without any socket, in us per snapshot (median). In a thread of its own, as in a client: an
 * engine that has seen both directions of the codec compiles them otherwise than one that only reads.
 */
export function measureDecodeUs(tier: 'packed' | 'entropy'): Promise<number> {
  const worker = new Worker(new URL('decode-worker.ts', import.meta.url), { workerData: record(tier) })
  return new Promise((resolve, reject) => {
    worker.once('message', (medianUs: number) => resolve(medianUs))
    worker.once('error', reject)
  })
}

function record(tier: 'packed' | 'entropy'): Stream {
  const schema = tier === 'packed' ? arenaSchema : codedArenaSchema
  const target = new TestWorld(schema)
  const world = arenaWorld.create(hostOn(target), 1)
  const encoder = tier === 'entropy' ? new BodyEncoder(layoutOf(schema)) : null
  const tables = new Map<number, { number: number; bytes: Uint8Array }>()
  const bodies: Uint8Array[] = []
  const known = new Map<number, number>()
  const writer = new BitWriter(4096)
  for (let tick = 1; tick <= TICKS; tick++) {
    if (encoder !== null && tick % TABLE_TICKS === 1) {
      const bytes = encoder.publish()
      tables.set(tick, { number: encoder.number, bytes })
    }
    world.step()
    target.advance(tick)
    writer.reset()
    if (encoder === null) target.writeTrack(writer, 'all', known, tick - 1, tick)
    else target.writeCoded(writer, encoder, known, tick)
    bodies.push(writer.toBytes())
    known.clear()
    for (const [slot, { generation }] of target.slots) known.set(slot, generation)
  }
  return { tier, bodies, tables }
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
