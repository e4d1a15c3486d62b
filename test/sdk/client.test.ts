import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { ConfigError } from '@tickwire/protocol'
import { createClient, UnreachableError } from '@tickwire/sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { arena } from '../games/arena/arena.ts'

afterEach(() => vi.unstubAllGlobals())

describe('createClient', () => {
  it('throws at once for an address, an option or an impairment that cannot be', () => {
    expect(() => createClient('localhost:2567', { WebSocket })).toThrow(ConfigError)
    expect(() => createClient('ws://here', { WebSocket, random: 1 as never })).toThrow('random')
    expect(() => createClient('ws://here', { WebSocket, impair: { latencyMs: -1 } })).toThrow('latencyMs')
  })

  it('says what to pass where the platform has no WebSocket, as Node 20', () => {
    vi.stubGlobal('WebSocket', undefined)
    expect(() => createClient('ws://here')).toThrow("pass { WebSocket } from 'ws'")
  })

  it('rejects a join within a second when no server listens, over real sockets', async () => {
    // A port that was just free, and is again.
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const client = createClient(`ws://127.0.0.1:${port}`, { WebSocket })
    await expect(client.joinOrCreate(arena, { name: 'Ada' })).rejects.toBeInstanceOf(UnreachableError)
    expect(client.connection).toMatchObject({ phase: 'closed', reason: { name: 'abnormal' } })
  })

  it('has no seat to resume in Node, where nothing survives the process', async () => {
    expect(await createClient('ws://here', { WebSocket }).resume(arena)).toBeNull()
  })
})
