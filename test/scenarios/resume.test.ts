import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { drift, driftRoom, newDiary } from './drift.ts'
import type { Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()

describe.each(SEAMS)('a lost connection, at the %s seam', (seam) => {
  it('resumes into the same seat, with the score kept and the thing where it was', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary)], seam, impair: { latencyMs: 40 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 2 })
    const bob = await stepper.join(drift, { name: 'Bob', vx: 0 })
    ada.send('score', { points: 42 })
    await stepper.run(2)
    const [{ seat }, x, id] = [ada, ada.mine('thing')!.x, ada.mine('thing')!.id]
    stepper.clients[0]!.network.cut()
    await stepper.runUntil(() => ada.connection.phase === 'online' && ada.stats.resumes === 1, 5)
    await stepper.run(1)
    expect(ada.seat).toBe(seat)
    expect(diary).toMatchObject({ dropped: [seat], resumed: [seat], left: [] })
    expect(ada.players.get(seat)).toMatchObject({ score: 42, connected: true })
    expect(bob.players.get(seat)).toMatchObject({ score: 42, connected: true })
    expect(ada.mine('thing')!.id).toBe(id)
    expect(ada.mine('thing')!.x).toBeGreaterThan(x)
    expect(ada.mine('thing')!.x).toBeLessThan(x + 2 * 6)
  })

  it('tells the others while it lasts, and game code by onDrop and onResume, once each', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary)], seam, impair: { latencyMs: 20 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const bob = await stepper.join(drift, { name: 'Bob', vx: 0 })
    const { network } = stepper.clients[0]!
    await stepper.run(1)
    network.stall(Infinity)
    network.cut()
    const phases: string[] = []
    ada.onConnection(({ phase }) => phases.push(phase))
    await stepper.run(10)
    expect(bob.players.get(ada.seat)?.connected).toBe(false)
    expect(diary).toMatchObject({ dropped: [ada.seat], resumed: [], left: [] })
    network.heal()
    await stepper.run(8)
    expect(bob.players.get(ada.seat)?.connected).toBe(true)
    expect(diary).toMatchObject({ dropped: [ada.seat], resumed: [ada.seat], left: [] })
    expect(phases[0]).toBe('resuming')
    expect(phases.at(-1)).toBe('online')
  })

  it('is noticed by both ends when nothing arrives any more and nobody says so', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary)], seam, impair: { latencyMs: 20 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    await stepper.run(1)
    stepper.clients[0]!.network.stall(Infinity)
    await stepper.run(14)
    expect(ada.connection.phase).toBe('resuming')
    expect(diary.dropped).toEqual([ada.seat])
    stepper.clients[0]!.network.heal()
    await stepper.run(8)
    expect(ada.connection.phase).toBe('online')
    expect(diary).toMatchObject({ resumed: [ada.seat], left: [] })
  })

  it('ends the seat when the resume window is over: onLeave says expired, the client that it is gone', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({
      rooms: [driftRoom(diary, { resumeWindowMs: 5000 })],
      seam,
      impair: { latencyMs: 20 },
    })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const bob = await stepper.join(drift, { name: 'Bob', vx: 0 })
    const { network } = stepper.clients[0]!
    await stepper.run(1)
    network.stall(Infinity)
    network.cut()
    await stepper.run(4)
    expect(diary.left).toEqual([])
    await stepper.run(2)
    expect(diary.left).toEqual([[ada.seat, 'expired']])
    expect(bob.players.has(ada.seat)).toBe(false)
    expect([...bob.view('thing')].map(({ owner }) => owner)).not.toContain(ada.seat)
    network.heal()
    await stepper.until(ada.left, 10)
  })

  it('gives a reloaded page its seat back', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary)], seam, impair: { latencyMs: 20 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 1 })
    ada.send('score', { points: 7 })
    await stepper.run(1)
    const old = stepper.clients[0]!
    old.room = null
    old.network.cut()
    old.network.stall(Infinity)
    const page = stepper.addClient({ storage: old.storage })
    const room = await stepper.until(page.client.resume(drift))
    page.room = room
    await stepper.run(1)
    expect(room!.seat).toBe(ada.seat)
    expect(room!.mine('thing')?.owner).toBe(ada.seat)
    expect(room!.players.get(ada.seat)).toMatchObject({ score: 7, connected: true })
    expect(diary.left).toEqual([])
  })
})

describe.each(SEAMS)('reliable messages across fifty cuts, at the %s seam', (seam) => {
  it('arrive exactly once and in order, both ways', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary)], seam, impair: { latencyMs: 40, jitterMs: 20 }, seed: 21 })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    const { network } = stepper.clients[0]!
    const random = new Random(50)
    const received: number[] = []
    ada.onMessage('note', ({ n }) => received.push(n))
    let [sentUp, sentDown, cuts, untilCut] = [0, 0, 0, 60]
    const step = (): void => {
      if (random.next() < 0.3 && ada.send('note', { n: sentUp })) sentUp++
      if (random.next() < 0.3) diary.room!.broadcast('note', { n: sentDown++ })
      if (untilCut-- > 0) return
      // Most cuts hit a connection that works, some one that is just being opened.
      untilCut = random.int(2, 60)
      if (ada.connection.phase !== 'online' && random.next() < 0.9) return
      network.cut()
      cuts++
    }
    await stepper.runUntil(() => cuts === 50, 300, { each: step })
    await stepper.run(10)
    expect(ada.connection.phase).toBe('online')
    expect(ada.stats.resumes).toBeGreaterThan(25)
    expect(diary.notes).toEqual(Array.from({ length: sentUp }, (_, n) => n))
    expect(received).toEqual(Array.from({ length: sentDown }, (_, n) => n))
    expect(sentUp).toBeGreaterThan(500)
    expect(diary.left).toEqual([])
  })
})
