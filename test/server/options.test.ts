import { expect, it } from 'vitest'
import { checkOptions } from '../../server/src/options.ts'
import { defineRoom } from '../../server/src/room/define-room.ts'
import { defineGame, defineSimulation } from '../../protocol/src/schema/define.ts'

const pong = defineRoom(
  defineSimulation(defineGame({ name: 'pong', tickRateHz: 10 }), () => {}),
  {},
)

it('a server that starts again at every edit does not wait for its players, unless it is told to', () => {
  const grace = (isWatched: boolean, drainGraceMs?: number): number =>
    checkOptions({ rooms: [pong], ...(drainGraceMs !== undefined && { drainGraceMs }) }, isWatched).drainGraceMs
  expect([grace(false), grace(true), grace(true, 700), grace(false, 700)]).toEqual([5000, 0, 700, 700])
})
