import { LIMITS } from '@tickwire/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { drift, driftRoom, newDiary } from '../../scenarios/drift.ts'
import type { Drift } from '../../scenarios/drift.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'

let stepper: Stepper<Drift>
afterEach(() => stepper.close())

describe('a link with a real server', () => {
  it('keeps its seat when it replays six hundred messages of a long drop', async () => {
    const diary = newDiary()
    stepper = createStepper<Drift>({ rooms: [driftRoom(diary)], impair: { latencyMs: 40 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    await stepper.run(1)
    const { network } = stepper.clients[0]!
    network.stall(Infinity)
    network.cut()
    for (let n = 0; n < 600; n++) expect(ada.send('note', { n })).toBe(true)
    await stepper.run(10)
    expect(diary.dropped).toEqual([ada.seat])
    network.heal()
    await stepper.run(15)
    expect(diary.notes).toEqual(Array.from({ length: 600 }, (_, n) => n))
    expect(diary).toMatchObject({ resumed: [ada.seat], left: [] })
  })

  it('is not closed for saying a thousand things in one turn while it plays', async () => {
    const diary = newDiary()
    stepper = createStepper<Drift>({ rooms: [driftRoom(diary)], impair: { latencyMs: 40, jitterMs: 20 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    for (let n = 0; n < 5 * LIMITS.messagesPerSecond; n++) ada.send('note', { n })
    await stepper.run(10, { input: () => ({ x: 1 }) })
    expect(ada.connection.phase).toBe('online')
    expect(ada.stats.resumes).toBe(0)
    expect(diary.notes).toHaveLength(5 * LIMITS.messagesPerSecond)
  })

  it('has the round trip of a step from 3 to 150 ms within 20 % after two seconds', async () => {
    stepper = createStepper<Drift>({ rooms: [driftRoom(newDiary())], impair: { latencyMs: 1.5 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    await stepper.run(10)
    expect(ada.stats.rttMs).toBeLessThan(6)
    stepper.clients[0]!.network.set({ latencyMs: 75 })
    await stepper.run(2)
    expect(Math.abs(ada.stats.rttMs - 150)).toBeLessThan(30)
  })

  it('starts its clock over on a new connection: the round trip is that of the new way', async () => {
    stepper = createStepper<Drift>({ rooms: [driftRoom(newDiary())], impair: { latencyMs: 100 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    await stepper.run(5)
    const { network } = stepper.clients[0]!
    network.set({ latencyMs: 10 })
    network.cut()
    await stepper.runUntil(() => ada.connection.phase === 'online', 5)
    await stepper.run(0.2)
    expect(ada.stats.rttMs).toBeGreaterThan(15)
    expect(ada.stats.rttMs).toBeLessThan(40)
  })
})
