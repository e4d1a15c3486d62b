import { defineGame, defineSimulation, field, SchemaMismatchError } from '@tickwire/protocol'
import { MemoryDirectory } from '@tickwire/server'
import type { Directory, ReserveAnswer } from '@tickwire/server'
import { describe, expect, it } from 'vitest'
import { MemoryNames } from '../../server/src/directory/names.ts'
import { drift, driftRoom, driftSchema, newDiary } from './drift.ts'
import type { Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()

/** A directory without rooms of its own: it reserves at another server and sends everybody there. */
class Pointer implements Directory {
  target: { readonly url: string; readonly directory: Directory } | null = null
  readonly names = new MemoryNames()

  async reserve(...ask: Parameters<Directory['reserve']>): Promise<ReserveAnswer> {
    const { url, directory } = this.target!
    const answer = await directory.reserve(...ask)
    if (answer.kind !== 'local') return answer
    const { reservation, seats } = answer
    return { kind: 'redirect', url, reservation, seats }
  }
  async confirm(): Promise<void> {}
  async release(): Promise<void> {}
  async register(): Promise<void> {}
  async report(): Promise<void> {}
  async unregister(): Promise<void> {}
  list(...ask: Parameters<Directory['list']>): ReturnType<Directory['list']> {
    return this.target!.directory.list(...ask)
  }
  watch(...ask: Parameters<Directory['watch']>): ReturnType<Directory['watch']> {
    return this.target!.directory.watch(...ask)
  }
}

describe.each(SEAMS)('joining, at the %s seam', (seam) => {
  it('resolves with the world present: own thing, others, players', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam, impair: { latencyMs: 40 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const joining = stepper.addClient().client.joinById(drift, ada.id, { name: 'Bob', vx: 0 })
    const seen = joining.then((bob) => ({
      owners: [...bob.view('thing')].map(({ owner }) => owner),
      names: [...bob.players.values()].map(({ name }) => name),
      seats: [ada.seat, bob.seat],
    }))
    const { owners, names, seats } = await stepper.until(seen)
    expect(new Set(owners)).toEqual(new Set(seats))
    expect(new Set(names)).toEqual(new Set(['Ada', 'Bob']))
  })

  it('takes at most five one-way trips: two for TCP, two for the upgrade, then the answer', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam, impair: { latencyMs: 100 } })
    const startMs = stepper.clock.nowMs()
    await stepper.join(drift, { name: 'Ada', vx: 0 })
    // Opening 400 ms, hello and join 100, the world 100, and at most two snapshot intervals.
    expect(stepper.clock.nowMs() - startMs).toBeLessThan(600 + 100 + 17)
  })

  it('meets by key, in one room, and no stranger is put into it', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 }, { key: 'ours' })
    const bob = await stepper.join(drift, { name: 'Bob', vx: 0 }, { key: 'ours' })
    const eve = await stepper.join(drift, { name: 'Eve', vx: 0 })
    expect(bob.id).toBe(ada.id)
    expect(eve.id).not.toBe(ada.id)
  })

  it('refuses a page with another schema, naming the field that differs', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam })
    await stepper.join(drift, { name: 'Ada', vx: 0 })
    const { join, input, messages, entities, tickRateHz, snapshotRateHz } = driftSchema
    const player = { ...driftSchema.player, score: field.uint({ max: 50 }) }
    const edited = defineGame({ name: 'drift', tickRateHz, snapshotRateHz, join, input, messages, entities, player })
    const other = stepper.addClient().client.joinOrCreate(
      defineSimulation(edited, () => {}),
      { name: 'Old', vx: 0 },
    )
    const error = await stepper.until(other).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SchemaMismatchError)
    expect(error).toMatchObject({ game: 'drift', section: 'player' })
    expect((error as SchemaMismatchError).path).toContain('score')
    expect(stepper.clients[0]!.room!.connection.phase).toBe('online')
  })

  it('refuses a full room by name, and offers a new one to who asks for any', async () => {
    const stepper = start<Drift>({ rooms: [driftRoom(newDiary())], seam })
    const rooms = []
    for (let i = 0; i < 5; i++) rooms.push(await stepper.join(drift, { name: `P${i}`, vx: 0 }))
    expect(new Set(rooms.slice(0, 4).map(({ id }) => id)).size).toBe(1)
    expect(rooms[4]!.id).not.toBe(rooms[0]!.id)
    const late = stepper.addClient().client.joinById(drift, rooms[0]!.id, { name: 'late', vx: 0 })
    await expect(stepper.until(late)).rejects.toMatchObject({ code: 'room-full' })
  })
})

describe.each(SEAMS)('a redirect, at the %s seam', (seam) => {
  it('is followed: the client joins on the other server, with the seat that was reserved there', async () => {
    const [here, there] = [newDiary(), newDiary()]
    const pointer = new Pointer()
    const stepper = start<Drift>({ rooms: [driftRoom(here)], directory: pointer, seam })
    const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(7)
    const directory = new MemoryDirectory({ clock: stepper.clock, randomBytes, reservationMs: 10_000 })
    pointer.target = { url: stepper.addServer({ rooms: [driftRoom(there)], directory }), directory }
    const ada = await stepper.join(drift, { name: 'Ada', vx: 1 })
    await stepper.run(1)
    expect(here.room).toBeNull()
    expect(there.room?.id).toBe(ada.id)
    expect(ada.mine('thing')).toMatchObject({ owner: ada.seat })
    expect(stepper.clients[0]!.client.connection.phase).toBe('online')
    stepper.clients[0]!.network.cut()
    await stepper.run(3)
    expect(there).toMatchObject({ dropped: [ada.seat], resumed: [ada.seat], left: [] })
  })
})
