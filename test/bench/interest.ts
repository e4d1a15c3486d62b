import { besideRaw } from './net/beside-raw.ts'
import { peerFigures } from './peers/index.ts'
import type { Bench } from './report.ts'

export const interest: Bench = {
  name: 'interest',
  about: '2000 entities moving over 4096 x 4096, 100 clients of radius 400, each moving, 20 Hz',
  run: async (say) => [
    ...(await besideRaw('interest', { bytesPerUpdate: '<= 3.2', cpuRatio: '<= 2' }, say)),
    ...(await peerFigures('interest')),
  ],
}
