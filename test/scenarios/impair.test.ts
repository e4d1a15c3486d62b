import { ConfigError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { drift, driftRoom, newDiary } from './drift.ts'
import type { Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()

describe.each(SEAMS)('client.impair at the %s seam', (seam) => {
  it('worsens and heals the network while the game is played: the round trip that pings measure follows', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const { client } = stepper.clients[0]!
    await stepper.run(2)
    expect(ada.stats.rttMs).toBeLessThan(5)
    client.impair({ latencyMs: 60 })
    await stepper.run(4)
    expect(ada.stats.rttMs).toBeGreaterThan(110)
    expect(ada.stats.rttMs).toBeLessThan(140)
    client.impair({})
    await stepper.run(4)
    expect(ada.stats.rttMs).toBeLessThan(25)
    expect(client.connection.phase).toBe('online')
  })

  it('delays the heartbeats, too: what does not arrive for long is found dead, and found again', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const { client } = stepper.clients[0]!
    await stepper.run(2)
    client.impair({ stall: { everyMs: 30_000, forMs: 29_999 } })
    const phases: string[] = []
    client.onConnection(({ phase }) => phases.push(phase))
    await stepper.runUntil(() => ada.stats.resumes === 1, 90)
    expect(phases).toEqual(['resuming', 'online'])
  })

  it('cuts the connection, and the seat is resumed', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const { client } = stepper.clients[0]!
    await stepper.run(1)
    client.cut()
    expect(client.connection.phase).toBe('resuming')
    await stepper.runUntil(() => client.connection.phase === 'online', 10)
    expect(ada.stats.resumes).toBe(1)
  })

  it('refuses what cannot be', () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam })
    const { client } = stepper.addClient()
    expect(() => client.impair({ lossPercent: 200 })).toThrow(ConfigError)
  })
})
