import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { createGameServer } from '@tickwire/server'
import type { GameServer } from '@tickwire/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arenaRoom } from '../../games/arena/room.ts'
import { allowSlowMachines } from '../../scenarios/seams.ts'
import { startTickwire, tickwire } from './command.ts'

let server: GameServer
allowSlowMachines()
beforeAll(async () => {
  server = await createGameServer({ port: 0, rooms: [arenaRoom], log: 'silent' })
})
afterAll(() => server.close())

/** The server is in this process, so the command must not block it. */
async function bots(url: string, ...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const given = ['--game', 'test/games/arena/arena.ts', '--count', '2', '--ramp', '0.1', '--seconds', '2']
  const child = startTickwire('bots', '--url', url, ...given, ...args)
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status: status as number, stdout, stderr }
}

describe('tickwire bots', () => {
  it('measures, as one object for machines, and fails by exactly the thresholds that are broken', async () => {
    const run = await bots(server.url, '--json', '--fail-if', 'open<2', '--fail-if', 'rttMs.p99>=0')
    expect(JSON.parse(run.stdout)).toMatchObject({ bots: 2, open: 2, joins: 2, problems: {} })
    expect(run.stderr).toMatch(/^failed: rttMs\.p99>=0: it is [\d.]+\n$/)
    expect(run.status).toBe(1)
  })

  it('has not passed when nobody could join', async () => {
    const run = await bots('ws://127.0.0.1:1')
    // No table of zeros: nothing was measured.
    expect(run.stdout).toMatch(/^\n0 of 2 bots \(full\) after 2 s\nproblem {8}join: no connection to [^\n]+\n$/)
    expect(run.stderr).toMatch(/^failed: no bot could join: .+\n$/)
    expect(run.status).toBe(1)
  })

  it('says where it looked for metrics that it did not find', async () => {
    const run = await bots(server.url, '--metrics', `${server.url.replace('ws', 'http')}/nothing`)
    expect(run.stdout).toMatch(/^server tick {4}no metrics at http:\S+\/nothing$/m)
  })

  it.each(['localhost:2567', 'ftp://localhost', 'ws://'])('expects an address with its scheme, not %s', (url) => {
    const { status, stderr } = tickwire('bots', '--url', url, '--game', 'test/games/arena/arena.ts')
    expect(stderr).toBe(`--url: expected a server such as ws://localhost:2567, got "${url}"\n`)
    expect(status).toBe(2)
  })
})

it('tickwire --version is that of the package', () => {
  expect(tickwire('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})
