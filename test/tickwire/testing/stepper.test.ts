import { afterEach, describe, expect, it } from 'vitest'
import { drift, driftRoom, newDiary } from '../../scenarios/drift.ts'
import type { Drift } from '../../scenarios/drift.ts'
import { allowSlowMachines, SEAMS } from '../../scenarios/seams.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper, StepperOptions } from 'tickwire/testing'

allowSlowMachines()
let steppers: Stepper<Drift>[] = []

function start(options: Partial<StepperOptions> = {}): Stepper<Drift> {
  const stepper = createStepper<Drift>({ rooms: [driftRoom(newDiary())], ...options })
  steppers.push(stepper)
  return stepper
}

afterEach(async () => {
  for (const stepper of steppers) await stepper.close()
  steppers = []
})

/** All that a client received in a run with cuts and jitter, as text. */
async function transcript(options: Partial<StepperOptions>): Promise<string> {
  const stepper = start({ impair: { latencyMs: 30, jitterMs: 40, lossPercent: 3 }, ...options })
  const client = stepper.addClient()
  const lines: string[] = []
  client.onReceive = (packet) => lines.push(`${stepper.clock.nowMs()} ${Buffer.from(packet).toString('hex')}`)
  await stepper.join(drift, { name: 'Ada', vx: 1 })
  await stepper.run(3, { input: () => ({ x: Math.floor(stepper.clock.nowMs() / 300) % 2 }) })
  client.network.cut()
  await stepper.run(3)
  return [...lines, ...stepper.log].join('\n')
}

describe.each(SEAMS)('the stepper, at the %s seam', (seam) => {
  it('does the same again with the same seed, to the last byte and moment', async () => {
    const first = await transcript({ seam, seed: 4 })
    expect(first.length).toBeGreaterThan(4000)
    expect(await transcript({ seam, seed: 4 })).toBe(first)
    expect(await transcript({ seam, seed: 5 })).not.toBe(first)
  })

  it('leaves no timer and no connection behind', async () => {
    const stepper = start({ seam, impair: { latencyMs: 30 } })
    await stepper.join(drift, { name: 'Ada', vx: 0 })
    await stepper.join(drift, { name: 'Bob', vx: 0 })
    stepper.clients[0]!.network.stall(Infinity)
    await stepper.run(20)
    await stepper.close()
    steppers = []
    expect(stepper.clock.pending).toBe(0)
  })

  it('notices a timer that nobody stopped', async () => {
    const stepper = start({ seam })
    steppers = []
    const again = (): void => void stepper.clock.setTimer(again, 100)
    again()
    await expect(stepper.close()).rejects.toThrow(/1 timers are left behind/)
  })

  it('gives each client a network of its own', async () => {
    const stepper = start({ seam, impair: { latencyMs: 10 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const bob = await stepper.join(drift, { name: 'Bob', vx: 0 })
    stepper.clients[1]!.network.set({ latencyMs: 100 })
    await stepper.run(8)
    expect(ada.stats.rttMs).toBeCloseTo(20, 0)
    expect(bob.stats.rttMs).toBeCloseTo(200, 0)
    stepper.clients[1]!.network.cut()
    await stepper.run(0.1)
    expect([ada.connection.phase, bob.connection.phase]).toEqual(['online', 'resuming'])
  })
})

describe('Stepper', () => {
  it('draws so many frames per second, each at its time', async () => {
    const stepper = start()
    await stepper.join(drift, { name: 'Ada', vx: 0 })
    const times: number[] = []
    const startMs = stepper.clock.nowMs()
    await stepper.run(2, { frameHz: 30, each: () => times.push(stepper.clock.nowMs() - startMs) })
    expect(times).toHaveLength(60)
    for (const [i, ms] of times.entries()) expect(ms).toBeCloseTo(((i + 1) * 1000) / 30, 6)
  })

  it('passes time without frames in sleep', async () => {
    const stepper = start()
    const ada = await stepper.join(drift, { name: 'Ada', vx: 10 })
    await stepper.run(1)
    const before = ada.mine('thing')!.x
    await stepper.sleep(1)
    expect(ada.mine('thing')!.x).toBe(before)
    await stepper.run(0.5)
    expect(ada.mine('thing')!.x - before).toBeGreaterThan(10)
  })

  it('rejects as the promise does that it waits for, and says what both ends know when it waits in vain', async () => {
    const stepper = start()
    await expect(stepper.until(Promise.reject(new Error('no')))).rejects.toThrow('no')
    await stepper.join(drift, { name: 'Ada', vx: 0 })
    const forever = stepper.until(new Promise(() => {}), 1)
    await expect(forever).rejects.toThrow(/not within 1 s[^]*client 0: online .*rttMs[^]*link .* opened/)
  })

  it('simulates ten minutes of two clients in seconds', async () => {
    const stepper = start()
    await stepper.join(drift, { name: 'Ada', vx: 0 })
    await stepper.join(drift, { name: 'Bob', vx: 0 })
    const startMs = stepper.clock.nowMs()
    await stepper.run(600)
    expect(stepper.clock.nowMs() - startMs).toBeCloseTo(600_000, 3)
    for (const { room } of stepper.clients) expect(room!.tick).toBeGreaterThan(600 * 60 - 60)
  })
})
