import { describe, expect, it } from 'vitest'
import { drift, driftRoom, newDiary } from './drift.ts'
import type { Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()
const FAR = { latencyMs: 75, jitterMs: 30 }

describe.each(SEAMS)('a distant server, at the %s seam', (seam) => {
  it('at 150 ms with 30 ms of jitter each way, moves the own thing on the next frame after the key', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam, impair: FAR })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    await stepper.run(3)
    const before = ada.mine('thing')!.x
    const trace: number[] = []
    await stepper.run(0.1, { input: () => ({ x: 1 }), each: (room) => trace.push(room.mine('thing')!.x - before) })
    // The frame of the key samples it; at most one frame may show a tick that was due before.
    expect(trace[1]).toBeGreaterThan(0)
    expect(trace.at(-1)).toBeGreaterThan(trace[1]!)
    await stepper.run(2)
    expect(ada.stats.corrections).toBe(0)
  })

  it('at 150 ms with 30 ms of jitter each way, moves others smoothly: never back, never in jumps', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam, impair: FAR, seed: 5 })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 20 })
    const bob = await stepper.join(drift, { name: 'Bob', vx: 0 })
    await stepper.run(3)
    const trace: number[] = []
    await stepper.run(20, {
      each: (room) => {
        if (room === bob) trace.push([...bob.view('thing')].find(({ owner }) => owner === ada.seat)!.x)
      },
    })
    const steps = trace.slice(1).map((x, i) => x - trace[i]!)
    const perFrame = 20 / 60
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...steps)).toBeLessThan(2 * perFrame)
    expect(trace.at(-1)! - trace[0]!).toBeCloseTo(20 * 20, -1)
  })

  it('heals a stall of 300 ms within two seconds', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam, impair: { latencyMs: 40, jitterMs: 5 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const frame = { input: () => ({ x: (Math.floor(stepper.clock.nowMs() / 400) % 3) - 1 }) }
    await stepper.run(10, frame)
    const before = { ...ada.stats }
    stepper.clients[0]!.network.stall(300)
    await stepper.run(2.3, frame)
    const healed = { ...ada.stats }
    await stepper.run(5, frame)
    const later = { ...ada.stats }
    const seen = JSON.stringify({ before, healed, later }, null, 1)
    expect(healed.leadTicks, seen).toBeLessThan(before.leadTicks + 3)
    expect(healed.snapshotAgeMs, seen).toBeLessThan(before.snapshotAgeMs + 60)
    expect(later.leadTicks, seen).toBeLessThan(before.leadTicks + 2)
    expect(later.corrections, seen).toBe(healed.corrections)
    expect(later.starvedTicks, seen).toBe(healed.starvedTicks)
  })

  it.each([
    [20, 70],
    [5, 130],
    [75, 150],
    [150, 20],
  ])(
    'loses nothing two seconds after the one-way latency jumps from %i to %i ms, and soon queues no more than before',
    async (fromMs, toMs) => {
      const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam, impair: { latencyMs: fromMs } })
      const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
      const frame = { input: () => ({ x: (Math.floor(stepper.clock.nowMs() / 400) % 3) - 1 }) }
      await stepper.run(10, frame)
      stepper.clients[0]!.network.set({ latencyMs: toMs })
      // The news of it takes the new way up and down.
      await stepper.run(2 + (2 * toMs) / 1000, frame)
      const healed = { ...ada.stats }
      await stepper.run(3, frame)
      const seen = JSON.stringify({ healed, later: ada.stats }, null, 1)
      // Inputs that come too early only wait: that is walked back slowly, for it costs nobody a tick.
      expect(healed.inputQueueTicks, seen).toBeLessThan(8)
      expect(ada.stats.inputQueueTicks, seen).toBeLessThan(4)
      expect(ada.stats.starvedTicks - healed.starvedTicks, seen).toBe(0)
      expect(ada.stats.corrections - healed.corrections, seen).toBe(0)
      expect(ada.stats.rttMs, seen).toBeCloseTo(2 * toMs, -1)
    },
  )

  it('keeps pace with a client clock that runs 5 % fast: no queue grows, nothing starves', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam, impair: { latencyMs: 20 } })
    const client = stepper.addClient({ clockRate: 1.05 })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 }, { client })
    await stepper.run(5)
    const before = { ...ada.stats }
    await stepper.run(55)
    const seen = JSON.stringify({ before, after: ada.stats }, null, 1)
    expect(Math.abs(ada.stats.leadTicks - before.leadTicks), seen).toBeLessThan(3)
    expect(ada.stats.starvedTicks - before.starvedTicks, seen).toBeLessThan(20)
  })
})
