import { ConfigError, defineGame, defineSimulation, field, LIMITS, RefusedError } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { describeSection } from '@tickwire/protocol/internal'
import type { JoinedRoom } from '@tickwire/sdk'
import { defineRoom } from '@tickwire/server'
import type { Player, Room } from '@tickwire/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { SEAMS, useStepper } from './seams.ts'

const schema = defineGame({
  name: 'duel',
  tickRateHz: 20,
  input: {},
  requests: {
    score: { ask: {}, reply: { points: field.uint({ max: 9 }) } },
    pick: { ask: { of: field.uint({ max: 9 }) }, reply: { choice: field.uint({ max: 9 }) }, to: 'client' },
  },
})
interface Duel extends TypesOf<typeof schema> {}
const duel = defineSimulation<Duel>(schema, () => undefined)
type ClientRoom = JoinedRoom<Duel>

const start = useStepper()

describe.each(SEAMS)('[CLK2] what a room asks its players, at the %s seam', (seam) => {
  async function enter(latencyMs = 20) {
    let room: Room<Duel> | null = null
    const type = defineRoom(duel, {
      resumeWindowMs: 5000,
      onCreate: (made) => void (room = made),
      onRequest: { score: () => ({ points: 7 }) },
    })
    const stepper = start<Duel>({ rooms: [type], seam, impair: { latencyMs } })
    const client: ClientRoom = await stepper.join(duel, {})
    await stepper.run(0.5)
    const player = [...room!.players.values()][0] as Player<Duel>
    return { stepper, client, player, network: stepper.clients[0]!.network }
  }

  it('is answered by the handler of that name, at once or later', async () => {
    const { stepper, client, player } = await enter()
    client.onRequest('pick', async ({ of }) => ({ choice: of - 1 }))
    const [first, second] = [player.request('pick', { of: 5 }), player.request('pick', { of: 9 })]
    expect(await stepper.until(Promise.all([first, second]))).toEqual([{ choice: 4 }, { choice: 8 }])
    expectTypeOf<Awaited<typeof first>['choice']>().toEqualTypeOf<number>()
    expect(await stepper.until(client.request('score', {}))).toEqual({ points: 7 })
  })

  it('is refused with a code of the page: its own, or no-handler, or none that tells of its faults', async () => {
    const { stepper, client, player } = await enter()
    const fate = (): Promise<unknown> => player.request('pick', { of: 1 }).catch((error: unknown) => error)
    expect(await stepper.until(fate())).toMatchObject({ name: 'RefusedError', code: 'no-handler' })
    const stop = client.onRequest('pick', () => {
      throw new RefusedError('not-now', 'busy')
    })
    expect(await stepper.until(fate())).toMatchObject({ code: 'not-now', message: 'busy' })
    stop()
    client.onRequest('pick', () => {
      throw new Error('a secret')
    })
    expect(await stepper.until(fate())).toMatchObject({ code: 'client-error', message: 'the client failed to answer' })
  })

  it('is asked once, and answered once, across a drop', async () => {
    const { stepper, client, player, network } = await enter()
    let asked = 0
    client.onRequest('pick', () => ({ choice: ++asked }))
    network.cut()
    await stepper.sleep(0.001)
    const reply = player.request('pick', { of: 1 })
    expect(await stepper.until(reply)).toEqual({ choice: 1 })
    const other = player.request('pick', { of: 1 })
    await stepper.sleep(0.03)
    network.cut()
    expect(await stepper.until(other)).toEqual({ choice: 2 })
    expect(asked).toBe(2)
  })

  it('ends by its time and by its signal, and the page hears of both', async () => {
    const { stepper, client, player } = await enter()
    let aborted = 0
    client.onRequest('pick', (_ask, { signal }) => {
      signal.addEventListener('abort', () => aborted++)
      return new Promise(() => {})
    })
    const late = player.request('pick', { of: 1 }, { timeoutMs: 300 }).catch((error: unknown) => error)
    expect(await stepper.until(late)).toMatchObject({ name: 'TickwireError', code: 'request-timeout' })
    const controller = new AbortController()
    const dropped = player.request('pick', { of: 1 }, { signal: controller.signal }).catch((error: unknown) => error)
    await stepper.run(0.2)
    controller.abort(new Error('never mind'))
    expect(await stepper.until(dropped)).toMatchObject({ message: 'never mind' })
    await stepper.run(0.2)
    expect(aborted).toBe(2)
    expect(() => player.request('pick', { of: 1 }, { timeoutMs: 0 })).toThrow(ConfigError)
  })

  it('ends with the seat', async () => {
    const { stepper, client, player } = await enter()
    let isAborted = false
    client.onRequest('pick', (_ask, { signal }) => {
      signal.addEventListener('abort', () => (isAborted = true))
      return new Promise(() => {})
    })
    const pending = player.request('pick', { of: 1 }).catch((error: unknown) => error)
    await stepper.run(0.2)
    player.leave()
    expect(await stepper.until(pending)).toMatchObject({ code: 'seat-over' })
    await stepper.run(0.2)
    expect(isAborted).toBe(true)
    await expect(player.request('pick', { of: 1 })).rejects.toMatchObject({ code: 'seat-over' })
  })

  it('is not more at a time than may wait', async () => {
    const { stepper, client, player } = await enter()
    client.onRequest('pick', () => new Promise(() => {}))
    const all = Array.from({ length: LIMITS.maxPendingRequests }, () => player.request('pick', { of: 1 }))
    for (const one of all) one.catch(() => {})
    await expect(player.request('pick', { of: 1 })).rejects.toMatchObject({ code: 'too-many-requests' })
    await stepper.run(0.2)
  })

  it("is declared: what is not, or is the other end's to answer, is a mistake", async () => {
    const { client, player } = await enter()
    expect(() => player.request('score' as never, {} as never)).toThrow(/a request to clients: pick/)
    expect(() => client.request('pick' as never, {} as never)).toThrow(/expected one of score/)
    expect(() => client.onRequest('score' as never, (() => {}) as never)).toThrow(ConfigError)
    client.onRequest('pick', () => ({ choice: 1 }))
    expect(() => client.onRequest('pick', () => ({ choice: 1 }))).toThrow(/one handler/)
    expect(() => player.request('pick', { of: 77 })).toThrow(RangeError)
  })
})

describe("[CLK2] a request that is the other end's to answer", () => {
  it('is part of what both ends must agree on', () => {
    expect(describeSection(schema, 'requests')).toContain('pick toClient')
  })

  it('does not pass defineGame when it names nobody', () => {
    const requests = { pick: { ask: {}, reply: {}, to: 'everybody' as 'client' } }
    expect(() => defineGame({ name: 'x', tickRateHz: 20, input: {}, requests })).toThrow(/requests\.pick\.to/)
  })
})
