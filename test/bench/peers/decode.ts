import { Worker } from 'node:worker_threads'
import type { WorldName } from '../worlds/index.ts'
import type { Held, PeerName } from './peer.ts'

/** What one client was told, and by whom. */
export interface Told {
  readonly peer: PeerName
  readonly world: WorldName
  readonly messages: readonly Uint8Array[]
  /** How many of them, the last ones, count. */
  readonly counted: number
}

export interface Decoded {
  /** Per message. */
  readonly medianUs: number
  /** What the client holds in the end. */
  readonly held: readonly Held[]
}

/** In a thread of its own, as in a client: an engine that has seen both directions compiles them otherwise. */
export function decode(told: Told): Promise<Decoded> {
  const worker = new Worker(new URL('decode-worker.ts', import.meta.url), { workerData: told })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}
