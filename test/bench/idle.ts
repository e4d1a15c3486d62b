import { besideRaw } from './net/beside-raw.ts'
import { peerFigures } from './peers/index.ts'
import type { Bench } from './report.ts'

export const idle: Bench = {
  name: 'idle',
  about: '1000 entities, 5 % moving at a time in bursts of 2 s, seen by 50 clients, 20 Hz',
  run: async (say) => [
    ...(await besideRaw('idle', { bytesPerUpdate: '<= 3', cpuRatio: '<= 1.15' }, say)),
    ...(await peerFigures('idle')),
  ],
}
