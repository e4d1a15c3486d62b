import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGameServer, defineRoom, recordFiles } from '@tickwire/server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openBot } from '../../../tickwire/src/bots/bot.ts'
import { arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'
import { allowSlowMachines } from '../../scenarios/seams.ts'
import { tickwire } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickwire-replay-'))
let recording = ''

allowSlowMachines()
beforeAll(async () => {
  const recorded = defineRoom(arenaRoom.game, { ...arenaRoom.definition, emptyRoomMs: 0, record: recordFiles(folder) })
  const server = await createGameServer({ port: 0, rooms: [recorded], log: 'silent' })
  const options = { url: server.url, game: arena as never, join: { name: 'Ada' }, key: null, impair: {} }
  const bot = await openBot({ ...options, mode: 'full' }, () => performance.now())
  const timer = setInterval(() => bot.advance(() => ({ thrust: true, turn: 1 })), 1000 / 60)
  await vi.waitFor(() => expect(bot.room!.tick).toBeGreaterThan(60), 10_000)
  clearInterval(timer)
  await bot.close()
  await server.close()
  await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1))
  recording = join(folder, readdirSync(folder)[0]!)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('tickwire replay', () => {
  it('runs a recorded room again, bit for bit', () => {
    const { status, stdout, stderr } = tickwire('replay', recording, '--room', 'test/games/arena/room.ts')
    expect(stderr).toBe('')
    expect(stdout).toContain('the same, bit for bit')
    expect(status).toBe(0)
  })

  it('tells machines in one object', () => {
    const { stdout } = tickwire('replay', recording, '--room', 'test/games/arena/room.ts#arenaRoom', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ divergence: null, errors: 0, ticks: expect.any(Number) })
  })

  it('says in one line what is no recording, or no room type', () => {
    const noise = join(folder, 'noise.bin')
    writeFileSync(noise, 'not a recording')
    const wrong = tickwire('replay', noise, '--room', 'test/games/arena/room.ts')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr.trim().split('\n')).toHaveLength(1)
    const game = tickwire('replay', recording, '--room', 'test/games/arena/arena.ts')
    expect(game.stderr).toContain('exports no room type')
  })
})
