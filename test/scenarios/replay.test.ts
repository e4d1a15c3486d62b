import { defineRoom, recordFiles, replay } from '@tickwire/server'
import type { RoomType } from '@tickwire/server'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { arena } from '../games/arena/arena.ts'
import type { Arena } from '../games/arena/arena.ts'
import { arenaRoom } from '../games/arena/room.ts'
import { hunt } from '../games/pilots.ts'
import { MemorySink, recorded } from '../server/record/tape-deck.ts'
import { useStepper } from './seams.ts'

const start = useStepper()

/** Three hunt each other on a bad network for half a minute; one of them is cut off for a while. */
async function fight(type: RoomType, wanted = 0): Promise<{ readonly kills: number; readonly endTick: number }> {
  const stepper = start<Arena>({ rooms: [type], impair: { latencyMs: 40, jitterMs: 20, lossPercent: 1 }, seed: 3 })
  for (const name of ['Ada', 'Bob', 'Eve']) await stepper.join(arena, { name })
  let kills = 0
  const room = stepper.clients[0]!.room!
  room.onEvent('explosion', () => kills++)
  const input = { input: hunt }
  await stepper.run(12, input)
  room.send('chat', { text: 'hello' })
  stepper.clients[1]!.client.cut()
  await stepper.run(9, input)
  void room.request('refill', { kind: 'ammo' }).catch(() => {})
  await stepper.run(9, input)
  await stepper.runUntil(() => kills >= wanted, 90, input)
  const endTick = room.tick
  await stepper.close()
  stepper.clients.length = 0
  return { kills, endTick }
}

it('replays 30 s of the arena with shots, kills, chat, a cut and a bad network bit for bit', async () => {
  const sink = new MemorySink()
  const { kills, endTick } = await fight(
    recorded(arenaRoom, () => sink),
    1,
  )
  expect(kills).toBeGreaterThan(0)
  const report = await replay(sink.bytes, arenaRoom)
  expect(report).toMatchObject({ isComplete: true, divergence: null, errors: [] })
  expect(report.ticks).toBeGreaterThanOrEqual(endTick)
  expect(sink.bytes.length / 30).toBeLessThan(20_000)
})

it('names the field that game code filled from Math.random', async () => {
  const sink = new MemorySink()
  const dice = defineRoom<Arena>(arena, {
    ...(arenaRoom.definition as object as Parameters<typeof defineRoom<Arena>>[1]),
    onTick(room) {
      if (room.tick === 600) for (const ship of room.world.all('ship')) ship.hp = 50 + Math.floor(Math.random() * 50)
    },
  })
  await fight(recorded(dice, () => sink, 0))
  const { divergence } = await replay(sink.bytes, dice)
  expect(divergence).toMatchObject({ tick: 600, foundAtTick: 600, entity: { kind: 'ship' }, field: 'hp' })
})

it('records into files, and replays from a path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tickwire-record-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { endTick } = await fight(recorded(arenaRoom, recordFiles(join(folder, 'rooms'))))
  const [name] = await readdir(join(folder, 'rooms'))
  expect(name).toMatch(/^arena-[\w-]+-\d+\.twr$/)
  await expect
    .poll(() => replay(join(folder, 'rooms', name!), arenaRoom))
    .toMatchObject({ isComplete: true, divergence: null })
  expect(endTick).toBeGreaterThan(1700)
})
