import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { GameCodec } from '@tickwire/protocol/internal'
import { createGameServer } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createStepper } from 'tickwire/testing'
import { encodeTrace } from '../../../sdk/src/inspector/trace.ts'
import type { TraceRecord } from '../../../sdk/src/inspector/trace.ts'
import { openBot } from '../../../tickwire/src/bots/bot.ts'
import type { Bot } from '../../../tickwire/src/bots/bot.ts'
import { arena } from '../../games/arena/arena.ts'
import type { Arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'
import { startTickwire, tickwire } from './command.ts'
import { allowSlowMachines } from '../../scenarios/seams.ts'

const GAME = 'test/games/arena/arena.ts'
const PATIENT = { timeout: 30_000 }
let server: GameServer
let running: ChildProcessWithoutNullStreams | null = null

allowSlowMachines()
beforeAll(async () => {
  server = await createGameServer({ port: 0, rooms: [arenaRoom], log: 'silent' })
})
afterAll(() => server.close())
afterEach(() => void running?.kill('SIGKILL'))

interface Inspection {
  readonly url: string
  readonly lines: string[]
  /** What it says beside: the address, answers to what was typed. */
  readonly asides: string[]
  readonly say: (line: string) => void
  readonly stop: () => Promise<number | null>
}

async function inspect(...args: string[]): Promise<Inspection> {
  const child = startTickwire('inspect', server.url, '--game', GAME, ...args)
  running = child
  const [lines, asides]: string[][] = [[], []]
  createInterface({ input: child.stdout }).on('line', (line) => lines!.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => asides!.push(line))
  await vi.waitFor(() => expect(asides![0]).toContain('->'), PATIENT)
  return {
    url: asides![0]!.split(' ')[0]!,
    lines: lines!,
    asides: asides!,
    say: (line) => void child.stdin.write(`${line}\n`),
    stop: async () => {
      child.kill('SIGINT')
      const [code] = (await once(child, 'exit')) as [number | null]
      return code
    },
  }
}

function play(url: string): Promise<Bot> {
  const options = { url, game: arena as never, join: { name: 'Ada' }, key: null, impair: {} }
  return openBot({ ...options, mode: 'full' }, () => performance.now())
}

describe('tickwire inspect', () => {
  it('stands between a client and its server, and tells in words what they say', async () => {
    const { url, lines, stop } = await inspect()
    const bot = await play(url)
    bot.room!.send('chat' as never, { text: 'hello' } as never)
    await vi.waitFor(
      () => expect(lines.join('\n')).toMatch(/<- message chat \d+ B seq=\d+ from=0 text="hello"/),
      PATIENT,
    )
    const told = lines.join('\n')
    expect(told).toMatch(/#1 -> hello \d+ B version=1/)
    expect(told).toMatch(/#1\/1 -> join \d+ B .*join=\{name="Ada"\}/)
    expect(told).toMatch(/^ {4}\+ ship \d+ owner=0 .*hp=100/m)
    await bot.close()
    await vi.waitFor(() => expect(lines.join('\n')).toContain('#1 closed by the client 4013 left'), PATIENT)
    expect(told).not.toContain('undecodable')
    expect(await stop()).toBe(0)
  })

  it('tells machines in one object per message, of those only that pass the filter', async () => {
    const { url, lines, stop } = await inspect('--json', '--filter', 'ship,welcome', '--filter=-leave')
    const bot = await play(url)
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(2), PATIENT)
    await bot.close()
    const [opened, welcome, snapshot] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect([opened, welcome]).toMatchObject([
      { type: 'opened', connection: 1 },
      { type: 'welcome', direction: 'down' },
    ])
    expect(snapshot).toMatchObject({
      type: 'snapshot',
      changes: [{ change: 'enter', kind: 'ship', fields: { hp: 100 } }],
    })
    await stop()
  })

  it('plays itself where it shall send: messages and requests by name', async () => {
    const { lines, asides, say, stop } = await inspect('--join', '{"name":"Eve"}', '--filter', 'chat,refill')
    await vi.waitFor(() => expect(asides.join()).toContain('joined'), PATIENT)
    say('send chat {"text":"is anybody here?"}')
    say('request refill {"kind":"ammo"}')
    say('send chat {"text":7}')
    say('shout')
    await vi.waitFor(() => expect(lines.join('\n')).toContain('<- message chat'), PATIENT)
    await vi.waitFor(() => expect(asides.join('\n')).toContain('reply {"ammo":30}'), PATIENT)
    expect(asides.join('\n')).toContain('text: expected a string, got number')
    expect(asides.join('\n')).toContain('expected: send <message>')
    expect(await stop()).toBe(0)
  })

  it('reads what the inspector has saved', async () => {
    const trace = await record()
    const { status, stdout } = tickwire('inspect', trace, '--game', GAME, '--json', '--filter', 'join,chat,bullet')
    expect(status).toBe(0)
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; name: string | null })
    expect(told[0]).toMatchObject({ type: 'join', direction: 'up', says: { join: { name: 'Ada' } } })
    expect(told).toContainEqual(expect.objectContaining({ type: 'message', name: 'chat', payload: { text: 'hello' } }))
    expect(told.at(-1)).toMatchObject({
      type: 'snapshot',
      changes: expect.arrayContaining([expect.objectContaining({ kind: 'bullet' })]),
    })
    const other = tickwire('inspect', trace, '--game', 'test/games/cards/cards.ts')
    expect(other.status).toBe(2)
    expect(other.stderr.trim().split('\n')).toHaveLength(1)
  })

  it.each([
    ['fields that the game does not have', ['--join', '{"nme":"Eve"}'], 'cannot join: join.name: expected a string'],
    ['a server that is not there', ['--join', '{"name":"Eve"}'], 'cannot join: no longer connected'],
  ])('ends with one line when it cannot join: %s', async (what, args, told) => {
    const target = what.startsWith('a server') ? 'ws://127.0.0.1:1' : server.url
    const child = startTickwire('inspect', target, '--game', GAME, ...args)
    running = child
    const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    const [address, line, ...more] = stderr.trim().split('\n')
    expect(address).toContain('->')
    expect(line).toContain(told)
    expect(more).toEqual([])
    expect(status).toBe(2)
  })

  it('says in one line what is neither a server nor a trace', () => {
    const { status, stderr } = tickwire('inspect', 'nowhere', '--game', GAME)
    expect(stderr).toBe('expected a server such as ws://localhost:2567, or a trace; there is no nowhere\n')
    expect(status).toBe(2)
  })
})

/** Three seconds of a game, as a file. */
async function record(): Promise<string> {
  const stepper = createStepper<Arena>({ rooms: [arenaRoom], clients: 1 })
  const records: TraceRecord[] = []
  const note = (type: TraceRecord['type']) => (packet: Uint8Array) =>
    void records.push({ type, atMs: stepper.clock.nowMs(), bytes: packet.slice() })
  Object.assign(stepper.clients[0]!, { onSend: note('sent'), onReceive: note('received') })
  const room = await stepper.join(arena, { name: 'Ada' })
  room.send('chat', { text: 'hello' })
  await stepper.run(3, { input: ({ tick }) => ({ thrust: true, fire: tick % 40 < 4 }) })
  await stepper.close()
  const header = { game: 'arena', hashes: new GameCodec(arena.schema).hashes }
  const folder = mkdtempSync(join(tmpdir(), 'tickwire-inspect-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'trace.twt'), encodeTrace({ header, records }))
  return join(folder, 'trace.twt')
}
