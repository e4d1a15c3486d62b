import { parentPort, workerData } from 'node:worker_threads'
import { median } from '../numbers.ts'
import { WORLDS } from '../worlds/index.ts'
import type { Decoded, Told } from './decode.ts'
import type { PeerReader } from './peer.ts'
import { READERS } from './readers.ts'

/** Until the engine has compiled the decoder: clients play for minutes. */
const WARM_UP_PASSES = 3

const { peer, world, messages, counted } = workerData as Told

function pass(): { readonly reader: PeerReader; readonly times: number[] } {
  const reader = READERS[peer](WORLDS[world])
  const times = messages.map((message) => {
    const start = performance.now()
    reader.read(message)
    return performance.now() - start
  })
  return { reader, times: times.slice(-counted) }
}

for (let i = 0; i < WARM_UP_PASSES; i++) pass()
const { reader, times } = pass()
parentPort!.postMessage({
  medianUs: median(times) * 1000,
  held: [...reader.held()],
} satisfies Decoded)
