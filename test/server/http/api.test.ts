import { RefusedError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { Access } from '../../../server/src/http/access.ts'
import type { Secrets } from '../../../server/src/http/access.ts'
import { createApi } from '../../../server/src/http/api.ts'
import { Metrics } from '../../../server/src/http/metrics.ts'
import type { ListingChanges, Operations } from '../../../server/src/http/operations.ts'
import { sign } from '../../../server/src/http/signature.ts'
import { newTraffic } from '../../../server/src/traffic.ts'
import { smallSchema } from '../room/small-game.ts'
import { emptySource } from './metrics-source.ts'

const NOW = 1_800_000_000_000
const ROOM = {
  id: 'r1',
  type: 'small',
  key: null,
  players: 1,
  maxPlayers: 4,
  spectators: 0,
  locked: false,
  password: false,
  revision: 1,
  options: {},
  metadata: {},
}

/** What was asked of the server, and what it answers. */
class FakeOperations implements Operations {
  isReady = true
  readonly games = [smallSchema]
  readonly asked: unknown[][] = []
  failure: Error | null = null
  listener: ((changes: ListingChanges) => void) | null = null
  readonly overview = { ready: true, linksOnline: 1, linksDropped: 0, traffic: newTraffic(), rooms: [] }

  list(query: object): ReturnType<Operations['list']> {
    return this.answer(['list', query], { rooms: [ROOM], cursor: '', total: 1 })
  }

  watch(query: object, listener: (changes: ListingChanges) => void): ReturnType<Operations['watch']> {
    this.listener = listener
    listener({ removed: [], rooms: [ROOM] })
    return this.answer(['watch', query], { close: () => (this.listener = null) })
  }

  room(id: string): ReturnType<Operations['room']> {
    if (id !== 'r1') return null
    return {
      id,
      game: 'small',
      key: null,
      tick: 7,
      maxPlayers: 4,
      isLocked: false,
      state: {},
      players: [],
      entities: {},
    }
  }

  create(ask: object): ReturnType<Operations['create']> {
    return this.answer(['create', ask], { roomId: 'r2', invite: 'K7QF2M' })
  }

  reserve(ask: object): ReturnType<Operations['reserve']> {
    return this.answer(['reserve', ask], { seats: [{ userId: 'u', reservation: 'abc' }], roomId: 'r1', url: null })
  }

  removePlayer(...asked: unknown[]): void {
    this.act('removePlayer', ...asked)
  }
  dispose(...asked: unknown[]): void {
    this.act('dispose', ...asked)
  }
  send(...asked: unknown[]): void {
    this.act('send', ...asked)
  }

  private answer<T>(asked: unknown[], value: T): Promise<T> {
    this.asked.push(asked)
    return this.failure === null ? Promise.resolve(value) : Promise.reject(this.failure)
  }

  private act(...asked: unknown[]): void {
    this.asked.push(asked)
    if (this.failure !== null) throw this.failure
  }
}

interface Asked {
  readonly status: number
  readonly type: string
  readonly json: Record<string, unknown>
  readonly headers: Headers
}

function start(secrets: Partial<Secrets> = {}, origins: readonly string[] = []) {
  const operations = new FakeOperations()
  const reported: string[] = []
  const access = new Access({ token: null, readToken: null, secret: null, ...secrets }, () => NOW)
  const app = createApi({
    operations,
    metrics: new Metrics(emptySource),
    access,
    origins,
    reportError: (where) => reported.push(where),
    setTimer: () => ({ cancel: () => undefined }),
  })
  const ask = async (path: string, init: RequestInit = {}, isLoopback = true): Promise<Asked> => {
    const response = await app.request(path, init, { isLoopback })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    return {
      status: response.status,
      type,
      json: type.includes('json') ? JSON.parse(text) : {},
      headers: response.headers,
    }
  }
  return { app, ask, operations, reported }
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

describe('for everybody', () => {
  it('health is always there, and readiness ends with a drain', async () => {
    const { ask, operations } = start({ token: 't' })
    expect((await ask('/health', {}, false)).status).toBe(200)
    expect((await ask('/ready', {}, false)).json).toEqual({ status: 'ready' })
    operations.isReady = false
    expect((await ask('/ready', {}, false)).status).toBe(503)
    expect((await ask('/health', {}, false)).status).toBe(200)
  })

  it('lists are searched, sorted and paged', async () => {
    const { ask, operations } = start({ token: 't' })
    const path = `/api/rooms?game=small&where=${encodeURIComponent('players < 3')}&sort=-players&limit=5`
    expect((await ask(path, {}, false)).json).toEqual({ rooms: [ROOM], cursor: '', total: 1 })
    expect(operations.asked).toEqual([
      ['list', { game: 'small', where: 'players < 3', sort: '-players', limit: 5, cursor: '' }],
    ])
  })

  it('lists are streamed to pages, change by change, and the watch ends with the page', async () => {
    const { app, operations } = start()
    const leave = new AbortController()
    const request = new Request('http://a/api/rooms/watch?game=small', { signal: leave.signal })
    const response = await app.request(request, {}, { isLoopback: false })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe(
      `event: rooms\ndata: ${JSON.stringify({ removed: [], rooms: [ROOM] })}\n\n`,
    )
    operations.listener!({ removed: ['r1'], rooms: [] })
    expect((await reader.read()).value).toContain('"removed":["r1"]')
    await reader.cancel()
    leave.abort()
    await expect.poll(() => operations.listener).toBeNull()
  })

  it('pages of other origins read nothing, unless they are named', async () => {
    const from = { headers: { origin: 'https://game.example' } }
    const shut = await start().ask('/api/rooms?game=small', from)
    expect(shut.headers.get('access-control-allow-origin')).toBeNull()
    const open = await start({}, ['https://game.example']).ask('/api/rooms?game=small', from)
    expect(open.headers.get('access-control-allow-origin')).toBe('https://game.example')
    const never = await start({}, ['https://game.example']).ask('/api/overview', from)
    expect(never.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('the document is made of the schemas: what it says is what is checked', async () => {
    const { json } = await start().ask('/openapi.json')
    expect(json).toMatchObject({ openapi: '3.1.0', paths: { '/api/rooms': { get: {}, post: {} } } })
    const { schemas } = json['components'] as { schemas: Record<string, unknown> }
    expect(schemas['small.messages.note']).toEqual({
      type: 'object',
      properties: { n: { type: 'integer', minimum: 0, maximum: 9 } },
      additionalProperties: false,
    })
  })
})

describe('problems', () => {
  it.each([
    ['/nowhere', 404, 'not-found'],
    ['/api/rooms', 400, 'bad-request'],
    ['/api/rooms?game=small&limit=many', 400, 'bad-request'],
    ['/api/rooms?game=small&page=2', 400, 'bad-request'],
    ['/api/rooms/r9', 404, 'room-not-found'],
  ])('GET %s is %i %s, as problem+json', async (path, status, type) => {
    const asked = await start().ask(path)
    expect(asked).toMatchObject({ status, type: 'application/problem+json', json: { type, status } })
  })

  it('of the game keep their code', async () => {
    const { ask, operations } = start()
    operations.failure = new RefusedError('room-full', 'all seats are taken')
    expect(await ask('/api/reservations', post({ game: 'small', userIds: ['u'] }))).toMatchObject({
      status: 409,
      json: { type: 'room-full', detail: 'all seats are taken' },
    })
  })

  it('of ours are told without their text, and reported', async () => {
    const { ask, operations, reported } = start()
    operations.failure = new Error('SECRET at /srv/app.js:7')
    const asked = await ask('/api/rooms', post({ game: 'small' }))
    expect(asked.status).toBe(500)
    expect(JSON.stringify(asked.json)).not.toContain('SECRET')
    expect(reported).toEqual(['POST /api/rooms'])
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['nothing', 'null'],
    ['a name that means nothing', '{"game":"small","maxPlayer":3}'],
    ['no game', '{}'],
    ['a wrong visibility', '{"game":"small","visibility":"hidden"}'],
  ])('a body that is %s is refused', async (_what, body) => {
    const { ask, operations } = start()
    expect((await ask('/api/rooms', post(body))).status).toBe(400)
    expect(operations.asked).toEqual([])
  })

  it('a body beyond the limit is not read', async () => {
    const { ask } = start()
    const headers = { 'content-length': '70000' }
    expect((await ask('/api/rooms', post('x'.repeat(70_000), headers))).status).toBe(413)
    expect((await ask('/api/rooms', post('{}', { 'transfer-encoding': 'chunked' }))).status).toBe(411)
  })
})

describe('operators', () => {
  it('create rooms, reserve seats, speak to players, send them away and end rooms', async () => {
    const { ask, operations } = start()
    expect(await ask('/api/rooms', post({ game: 'small', visibility: 'private' }))).toMatchObject({ status: 201 })
    expect(await ask('/api/reservations', post({ game: 'small', userIds: ['a', 'b'] }))).toMatchObject({ status: 201 })
    const said = post({ message: 'note', payload: { n: 1 }, seat: 2 })
    expect(await ask('/api/rooms/r1/messages', said)).toMatchObject({ status: 204 })
    expect(await ask('/api/rooms/r1/players/2?ban=true', { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(await ask('/api/rooms/r1', { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(operations.asked).toEqual([
      ['create', { game: 'small', visibility: 'private' }],
      ['reserve', { game: 'small', userIds: ['a', 'b'] }],
      ['send', 'r1', 2, 'note', { n: 1 }],
      ['removePlayer', 'r1', 2, true],
      ['dispose', 'r1'],
    ])
  })

  const paths: readonly (readonly [string, string])[] = [
    ['GET', '/metrics'],
    ['GET', '/api/overview'],
    ['GET', '/api/rooms/r1'],
    ['POST', '/api/rooms'],
    ['POST', '/api/reservations'],
    ['POST', '/api/rooms/r1/messages'],
    ['DELETE', '/api/rooms/r1/players/2'],
    ['DELETE', '/api/rooms/r1'],
  ]

  it.each(paths)('%s %s needs a token from anywhere but this machine, even if none is set', async (method, path) => {
    const { ask, operations } = start()
    const asked = await ask(path, { method }, false)
    expect(asked).toMatchObject({ status: 401, json: { type: 'unauthorized' } })
    expect(asked.headers.get('www-authenticate')).toBe('Bearer')
    expect(operations.asked).toEqual([])
  })

  it.each(paths)('%s %s needs the token also on this machine, once one is set', async (method, path) => {
    const { ask, operations } = start({ token: 'open sesame' })
    expect((await ask(path, { method })).status).toBe(401)
    expect((await ask(path, { method, headers: { authorization: 'Bearer open' } })).status).toBe(403)
    expect(operations.asked).toEqual([])
  })

  it('who may only look, looks and does nothing', async () => {
    const { ask, operations } = start({ token: 'all', readToken: 'look' })
    const headers = { authorization: 'Bearer look' }
    expect(await ask('/api/overview', { headers }, false)).toMatchObject({ status: 200, json: { canWrite: false } })
    expect((await ask('/api/rooms/r1', { headers }, false)).status).toBe(200)
    expect((await ask('/api/rooms/r1', { headers, method: 'DELETE' }, false)).status).toBe(403)
    expect(operations.asked).toEqual([])
    const all = { authorization: 'Bearer all' }
    expect((await ask('/api/overview', { headers: all }, false)).json).toMatchObject({ canWrite: true })
  })

  it('services sign what they ask for', async () => {
    const { ask, operations } = start({ secret: 's3cret' })
    const body = JSON.stringify({ message: 'note', payload: { n: 1 } })
    const path = '/api/rooms/r1/messages'
    const time = String(NOW)
    const signature = sign('s3cret', { method: 'POST', path, body, time })
    const headers = { 'tickwire-time': time, 'tickwire-signature': signature }
    expect((await ask(path, post(body, headers), false)).status).toBe(204)
    expect((await ask(path, post(body, headers), false)).status).toBe(401)
    expect(operations.asked).toEqual([['send', 'r1', null, 'note', { n: 1 }]])
  })

  it('the admin page runs its own script and nothing else', async () => {
    const asked = await start({ token: 't' }).ask('/admin', {}, false)
    expect(asked.status).toBe(200)
    expect(asked.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'sha256-/)
  })
})
