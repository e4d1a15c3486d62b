import { defineGame, defineSimulation, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import { describe, expect, it } from 'vitest'
import { SEAMS, useStepper } from './seams.ts'

const schema = defineGame({
  name: 'oracle',
  tickRateHz: 20,
  requests: { ask: { ask: { n: field.uint({ max: 9 }) }, reply: { n: field.uint({ max: 9 }) } } },
})
interface Oracle extends TypesOf<typeof schema> {}
const oracle = defineSimulation<Oracle>(schema, () => {})

const start = useStepper()

describe.each(SEAMS)('limits of requests, at the %s seam', (seam) => {
  /** Thinks about the first question for ever. */
  const slow = defineRoom(oracle, {
    onRequest: { ask: (_room, _player, { n }) => (n === 0 ? new Promise<never>(() => {}) : { n }) },
  })
  const codeOf = (asked: Promise<unknown>): Promise<unknown> => asked.catch(({ code }: { code: string }) => code)

  it('refuse those beyond maxPendingRequests of a player, count them, and answer the next', async () => {
    const stepper = start<Oracle>({ rooms: [slow], seam, limits: { maxPendingRequests: 2 } })
    const room = await stepper.join(oracle, {})
    const waiting = [room.request('ask', { n: 0 }), room.request('ask', { n: 0 })].map(codeOf)
    expect(await stepper.until(codeOf(room.request('ask', { n: 1 })))).toBe('too-many-requests')
    expect(stepper.front.stats.counters.requestsRefused).toBe(1)
    expect(room.connection.phase).toBe('online')
    const other = await stepper.join(oracle, {}, { client: stepper.addClient() })
    expect(await stepper.until(other.request('ask', { n: 5 }))).toEqual({ n: 5 })
    void stepper.clients[0]!.client.close()
    expect(await Promise.all(waiting)).toEqual(['left', 'left'])
  })

  it('refuse those of a kind that comes too often as rate-limited, and the player stays', async () => {
    const limits = { messagesPerSecondPerKind: 1, rateBurstMs: 1000 }
    const stepper = start<Oracle>({ rooms: [slow], seam, limits })
    const room = await stepper.join(oracle, {})
    const answers = [room.request('ask', { n: 1 }), room.request('ask', { n: 2 })].map(codeOf)
    expect(await stepper.until(Promise.all(answers))).toEqual([{ n: 1 }, 'rate-limited'])
    await stepper.run(1)
    expect(await stepper.until(room.request('ask', { n: 3 }))).toEqual({ n: 3 })
    expect(stepper.front.stats.counters.requestsRefused).toBe(1)
  })
})
