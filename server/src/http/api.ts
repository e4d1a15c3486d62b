import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { streamSSE } from 'hono/streaming'
import type { Access, ApiEnv } from './access.ts'
import { ADMIN_PAGE, ADMIN_POLICY } from './admin-page.ts'
import { body, number, query, text } from './asks.ts'
import type { Metrics } from './metrics.ts'
import { openApi } from './openapi.ts'
import type { CreateAsk, ListQuery, Operations, ReserveAsk } from './operations.ts'
import { problem, ProblemError, problemOf } from './problem.ts'

/** Bytes of a request; the largest is a message to a room. */
const MAX_BODY_BYTES = 64 * 1024
/** A proxy that sees nothing for a minute takes a stream for dead. */
const KEEP_ALIVE_MS = 20_000

export interface ApiParts {
  readonly operations: Operations
  readonly metrics: Metrics
  readonly access: Access
  /** Origins whose pages may read lists; others may not. */
  readonly origins: readonly string[]
  readonly reportError: (where: string, error: unknown) => void
  /** Calls back after so many ms, unless it is cancelled. */
  readonly setTimer: (fn: () => void, delayMs: number) => { cancel(): void }
}

type ApiContext = Context<ApiEnv>

/** Health, lists, rooms, reservations, metrics and the admin page, as one Hono app. */
export function createApi(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.use(secureHeaders())
  app.use(checkLength)
  app.onError((error, context) => {
    const told = problemOf(error)
    if (told.status >= 500) parts.reportError(`${context.req.method} ${context.req.path}`, error)
    return answerProblem(told)
  })
  app.notFound((context) => answerProblem(problem('not-found', `there is nothing at ${context.req.path}`)))
  addPublic(app, parts)
  addRooms(app, parts)
  addOperators(app, parts)
  return app
}

function addPublic(app: Hono<ApiEnv>, { operations, origins }: ApiParts): void {
  const share = cors({ origin: [...origins], allowMethods: ['GET'] })
  app.get('/health', (context) => context.json({ status: 'ok' }))
  app.get('/ready', (context) => {
    return operations.isReady ? context.json({ status: 'ready' }) : context.json({ status: 'draining' }, 503)
  })
  app.get('/openapi.json', share, (context) => context.json(openApi(operations.games)))
  app.get('/api/rooms', share, async (context) => context.json(await operations.list(listQuery(context))))
}

/** The list as a stream: a page shows it without a game client. */
function addRooms(app: Hono<ApiEnv>, { operations, origins, setTimer }: ApiParts): void {
  app.get('/api/rooms/watch', cors({ origin: [...origins], allowMethods: ['GET'] }), (context) => {
    const asked = listQuery(context)
    return streamSSE(context, async (stream) => {
      const closed = new Promise<void>((resolve) => stream.onAbort(resolve))
      const send = (event: string, data: unknown): void => void stream.writeSSE({ event, data: JSON.stringify(data) })
      const watch = await operations.watch(asked, (changes) => send('rooms', changes))
      let timer = setTimer(function beat() {
        send('alive', {})
        timer = setTimer(beat, KEEP_ALIVE_MS)
      }, KEEP_ALIVE_MS)
      await closed
      timer.cancel()
      watch.close()
    })
  })
}

function addOperators(app: Hono<ApiEnv>, { operations, metrics, access }: ApiParts): void {
  const { toRead, toWrite } = access
  app.get('/metrics', toRead, async (context) => {
    return context.body(await metrics.page(), 200, { 'content-type': metrics.contentType })
  })
  app.get('/api/overview', toRead, async (context) => {
    const tickP99Ms = await metrics.tickPercentileMs(0.99)
    return context.json({ ...operations.overview, tickP99Ms, canWrite: access.mayWrite(context) })
  })
  app.get('/admin', (context) => {
    context.header('content-security-policy', ADMIN_POLICY)
    return context.html(ADMIN_PAGE)
  })
  app.get('/api/rooms/:room', toRead, (context) => {
    const detail = operations.room(context.req.param('room'))
    if (detail === null) throw new ProblemError('room-not-found', 'this process has no such room')
    return context.json(detail)
  })
  app.post('/api/rooms', toWrite, async (context) =>
    context.json(await operations.create(await createAsk(context)), 201),
  )
  app.post('/api/reservations', toWrite, async (context) => {
    return context.json(await operations.reserve(await reserveAsk(context)), 201)
  })
  app.post('/api/rooms/:room/messages', toWrite, async (context) => {
    const asked = await body(context, ['message', 'payload', 'seat'])
    const seat = asked['seat'] === undefined ? null : number(asked, 'seat', 0)
    const { payload = {} } = asked
    if (typeof payload !== 'object' || payload === null)
      throw new ProblemError('bad-request', 'payload: expected an object')
    operations.send(context.req.param('room'), seat, text(asked, 'message'), payload)
    return context.body(null, 204)
  })
  app.delete('/api/rooms/:room/players/:seat', toWrite, (context) => {
    const { room, seat } = context.req.param()
    operations.removePlayer(room, number({ seat: Number(seat) }, 'seat', 0), context.req.query('ban') === 'true')
    return context.body(null, 204)
  })
  app.delete('/api/rooms/:room', toWrite, (context) => {
    operations.dispose(context.req.param('room'))
    return context.body(null, 204)
  })
}

function listQuery(context: ApiContext): ListQuery {
  const asked = query(context, ['game', 'where', 'sort', 'limit', 'cursor'])
  const { where = '', sort = '', cursor = '', limit = '50' } = asked
  return { game: text(asked, 'game'), where, sort, cursor, limit: number({ limit: Number(limit) }, 'limit', 1) }
}

async function createAsk(context: ApiContext): Promise<CreateAsk> {
  const asked = await body(context, ['game', 'type', 'key', 'visibility', 'password', 'options'])
  const { visibility } = asked
  if (visibility !== undefined && visibility !== 'public' && visibility !== 'private') {
    throw new ProblemError('bad-request', "visibility: expected 'public' or 'private'")
  }
  return { ...(asked as Partial<CreateAsk>), game: text(asked, 'game') }
}

async function reserveAsk(context: ApiContext): Promise<ReserveAsk> {
  const asked = await body(context, ['game', 'userIds', 'roomId', 'key', 'where', 'createIfNone'])
  const { userIds } = asked
  const isList =
    Array.isArray(userIds) && userIds.length > 0 && userIds.every((id) => typeof id === 'string' && id !== '')
  if (!isList) throw new ProblemError('bad-request', 'userIds: expected a list of at least one user id')
  return { ...(asked as Partial<ReserveAsk>), game: text(asked, 'game'), userIds }
}

/** A body says how long it is, so that nothing of one that is too long is read; Node holds it to its word. */
const checkLength: MiddlewareHandler<ApiEnv> = async ({ req }, next) => {
  const length = req.header('content-length')
  if (length === undefined && req.header('transfer-encoding') !== undefined) {
    throw new ProblemError('length-required', 'send the body with a content-length')
  }
  if (Number(length ?? 0) > MAX_BODY_BYTES) {
    throw new ProblemError('too-large', `a request has at most ${MAX_BODY_BYTES} bytes`)
  }
  await next()
}

function answerProblem(told: ReturnType<typeof problem>): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  if (told.status === 401) headers.set('www-authenticate', 'Bearer')
  return new Response(JSON.stringify(told), { status: told.status, headers })
}
