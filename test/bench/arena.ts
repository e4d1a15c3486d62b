import { measureDecodeUs } from './arena-codec.ts'
import { besideRaw } from './net/beside-raw.ts'
import { peerFigures } from './peers/index.ts'
import type { Bench } from './report.ts'

export const arena: Bench = {
  name: 'arena',
  about: '100 ships and 100 bullets, all moving, seen by 100 clients, 20 Hz',
  run: async (say) => [
    ...(await besideRaw('arena', { bytesPerUpdate: '<= 2', cpuRatio: '<= 1.15' }, say)),
    { name: 'packed.decodeUs', value: await measureDecodeUs('packed'), unit: 'us', must: '<= 40' },
    ...(await besideRaw('codedArena', { bytesPerUpdate: '<= 1.3', cpuRatio: '<= 1.25' }, say)),
    { name: 'entropy.decodeUs', value: await measureDecodeUs('entropy'), unit: 'us', must: '<= 70' },
    ...(await peerFigures('arena')),
  ],
}
