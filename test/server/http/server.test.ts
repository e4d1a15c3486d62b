import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@tickwire/sdk'
import { createGameServer, signRequest } from '@tickwire/server'
import type { GameServer, GameServerOptions } from '@tickwire/server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'

async function start(options: Partial<GameServerOptions> = {}): Promise<{ server: GameServer; base: string }> {
  const server = await createGameServer({ port: 0, rooms: [arenaRoom], log: 'error', ...options })
  onTestFinished(() => server.close())
  return { server, base: `http://127.0.0.1:${server.port}` }
}

/** A player who flies, until the test is over. */
async function play(server: GameServer): Promise<string> {
  const client = createClient(server.url, { WebSocket, storage: null })
  onTestFinished(() => client.close())
  const room = await client.joinOrCreate(arena, { name: 'Ada' })
  const timer = setInterval(() => room.advance(() => ({ thrust: true })), 16)
  onTestFinished(() => clearInterval(timer))
  return room.id
}

const json = async (url: string, init?: RequestInit): Promise<Record<string, never>> => (await fetch(url, init)).json()

describe('the HTTP API of a server that is played on', () => {
  it('lists its rooms, shows what is in one, and counts its ticks and bytes', async () => {
    const { server, base } = await start()
    const id = await play(server)
    expect(await json(`${base}/api/rooms?game=arena`)).toMatchObject({ total: 1, rooms: [{ id, players: 1 }] })
    const detail = await json(`${base}/api/rooms/${id}`)
    expect(detail).toMatchObject({ game: 'arena', players: [{ seat: 0, fields: { name: 'Ada' } }] })
    expect(detail['entities']).toMatchObject({ ship: { count: 1, first: [{ owner: 0 }] } })
    await vi.waitFor(async () => {
      const page = await (await fetch(`${base}/metrics`)).text()
      expect(page).toMatch(/tickwire_tick_duration_seconds_count\{game="arena"\} [1-9]/)
      expect(page).toMatch(/tickwire_bytes_total\{kind="out_snapshots"\} [1-9]/)
      expect(page).toContain('tickwire_players{game="arena"} 1')
    })
  })

  it('makes rooms, and reserves seats for a whole party or for none', async () => {
    const { base } = await start()
    const post = (path: string, body: object): Promise<Response> =>
      fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const made = (await (await post('/api/rooms', { game: 'arena', visibility: 'private' })).json()) as Record<
      string,
      string
    >
    expect(await json(`${base}/api/rooms?game=arena`)).toMatchObject({ total: 0 })
    const userIds = ['ada', 'bob']
    const held = await (await post('/api/reservations', { game: 'arena', userIds, roomId: made['roomId'] })).json()
    expect(held).toMatchObject({ roomId: made['roomId'], seats: [{ userId: 'ada' }, { userId: 'bob' }] })
    const many = Array.from({ length: 100 }, (_, n) => `user ${n}`)
    const refused = await post('/api/reservations', { game: 'arena', userIds: many, roomId: made['roomId'] })
    expect(refused.status).toBe(409)
  })

  it('speaks to players, sends them away and ends rooms', async () => {
    const { server, base } = await start()
    const client = createClient(server.url, { WebSocket, storage: null })
    onTestFinished(() => client.close())
    const room = await client.joinOrCreate(arena, { name: 'Ada' })
    const heard: string[] = []
    room.onMessage('chat', ({ text }) => heard.push(text))
    const timer = setInterval(() => room.advance(() => ({})), 16)
    onTestFinished(() => clearInterval(timer))
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ message: 'chat', payload: { from: null, text: 'maintenance at noon' } })
    await fetch(`${base}/api/rooms/${room.id}/messages`, { method: 'POST', headers, body })
    await vi.waitFor(() => expect(heard).toContain('maintenance at noon'))
    const nobody = await fetch(`${base}/api/rooms/${room.id}/players/7`, { method: 'DELETE' })
    expect(await nobody.json()).toMatchObject({ status: 404, type: 'player-not-found' })
    expect((await fetch(`${base}/api/rooms/${room.id}/players/0`, { method: 'DELETE' })).status).toBe(204)
    expect((await room.left).name).toBe('kicked')
    expect((await fetch(`${base}/api/rooms/${room.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await fetch(`${base}/api/rooms/${room.id}`)).status).toBe(404)
  })

  it('is not open to whoever stands behind a proxy, or to pages of other sites', async () => {
    const { base } = await start()
    expect((await fetch(`${base}/metrics`)).status).toBe(200)
    for (const headers of [
      { 'x-forwarded-for': '203.0.113.9' },
      { via: '1.1 nginx' },
      { origin: 'https://evil.example' },
    ]) {
      expect((await fetch(`${base}/metrics`, { headers })).status).toBe(401)
    }
  })

  it('takes the token and signatures that it was started with', async () => {
    const { base } = await start({ http: { token: 'open sesame', secret: 's3cret' } })
    expect((await fetch(`${base}/metrics`)).status).toBe(401)
    expect((await fetch(`${base}/metrics`, { headers: { authorization: 'Bearer open sesame' } })).status).toBe(200)
    const path = '/api/rooms'
    const body = JSON.stringify({ game: 'arena' })
    const time = String(Date.now())
    const signature = signRequest('s3cret', { method: 'POST', path, body, time })
    const headers = { 'content-type': 'application/json', 'tickwire-time': time, 'tickwire-signature': signature }
    expect((await fetch(base + path, { method: 'POST', headers, body })).status).toBe(201)
  })
})

it("on the caller's own server answers what is its own, and hands on the rest", async () => {
  const httpServer = createServer()
  const { server } = await start({ httpServer, port: undefined as never })
  httpServer.on('request', (request, response) => {
    server.http(request, response, () => response.end('the page'))
  })
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void httpServer.close())
  const base = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
  expect(await (await fetch(`${base}/`)).text()).toBe('the page')
  expect(await json(`${base}/health`)).toEqual({ status: 'ok' })
  expect((await fetch(`${base}/api/rooms/1/nothing`)).status).toBe(404)
  // The caller may well have an API of its own.
  expect(await (await fetch(`${base}/api/scores`)).text()).toBe('the page')
})
