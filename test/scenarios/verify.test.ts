import { Replica } from '@tickwire/protocol/internal'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { drift, driftRoom, newDiary } from './drift.ts'
import type { Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()
afterEach(() => vi.restoreAllMocks())

/** The replicas of all clients that apply a snapshot from now on. */
function watchReplicas(): () => Replica[] {
  const commit = vi.spyOn(Replica.prototype, 'commit')
  return () => [...new Set(commit.mock.contexts as Replica[])]
}

describe.each(SEAMS)('verify: true, over %s', (seam) => {
  it('[VER3] a client whose state was spoilt says which field of which entity, and is right again', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary, { verify: true })], seam, impair: { latencyMs: 40 } })
    const replicas = watchReplicas()
    const ada = await stepper.join(drift, { name: 'Ada', vx: 3 })
    await stepper.run(5)
    expect(ada.stats.mismatches).toBe(0)
    const thing = diary.room!.world.spawn('thing', { x: 100, y: 100, vx: 0, vy: 0 })
    await stepper.run(1)
    const held = replicas()
      .flatMap(({ entities }) => [...entities.values()])
      .find(({ id }) => id === thing.id)!
    const column = held.kind.tracks.all.columns.findIndex(({ name }) => name === 'y')
    held.anchors.all.row[column]! += 64
    await stepper.run(3)
    expect(ada.stats.mismatches).toBe(1)
    const said = stepper.log.filter((line) => line.includes('verify'))
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(new RegExp(`y of thing ${thing.id} was \\d+ here, and is \\d+ there`))
    expect([...ada.view('thing')].find(({ id }) => id === thing.id)).toMatchObject({ x: 100, y: 100 })
    expect(ada.connection.phase).toBe('online')
  })

  it('[VER2] finds no fault in a minute of steering, cuts and views', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary, { verify: true })], seam, impair: { latencyMs: 40 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 3 })
    const eve = await stepper.join(drift, { name: 'Eve', vx: -30 })
    diary.room!.players.get(1)!.view = { x: 0, y: 0, radius: 20 }
    for (let i = 0; i < 6; i++) {
      await stepper.run(10, { input: () => ({ x: i % 2 === 0 ? 1 : -1 }) })
      stepper.clients[i % 2]!.network.cut()
    }
    expect([ada.stats.mismatches, eve.stats.mismatches]).toEqual([0, 0])
  })
})
