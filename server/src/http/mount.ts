import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Access } from './access.ts'
import { createApi } from './api.ts'
import type { ApiParts } from './api.ts'
import { isLocalCaller } from './local-caller.ts'

/** Who may use the HTTP API, and from where. */
export interface HttpOptions {
  /**
   * Lets its bearer do everything: look, create, reserve, speak, send away, end. Without any of these three only this machine
   * itself may; what everybody may read (health, readiness, lists) needs none.
   */
  readonly token?: string
  /** Lets its bearer look: metrics, rooms, the admin page without its buttons. */
  readonly readToken?: string
  /** Signs requests of your services, in any language: see the guide. */
  readonly secret?: string
  /** Origins whose pages may read lists, like `'https://game.example'` (default none). */
  readonly origins?: readonly string[]
}

/** Answers a request; with `next` only one that is ours, and hands on the others. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/** @param nowMs milliseconds since 1970 */
export function mountApi(
  { token, readToken, secret, origins = [] }: HttpOptions,
  parts: Omit<ApiParts, 'access' | 'origins'>,
  nowMs: () => number,
): HttpHandler {
  const secrets = { token: token ?? null, readToken: readToken ?? null, secret: secret ?? null }
  const access = new Access(secrets, nowMs)
  const app = createApi({ ...parts, access, origins })
  const answer = getRequestListener(
    (request, { incoming }) => app.fetch(request, { isLoopback: isLocalCaller(incoming) }),
    // The caller's own globals stay as they are.
    { overrideGlobalObjects: false },
  )
  return (request, response, next) => {
    if (next === undefined || isOurs(request.url ?? '/')) void answer(request, response)
    else next()
  }
}

/** Whole paths: below `/api` the caller may have more of its own. */
const OURS = /^\/(health|ready|metrics|openapi\.json|admin|api\/(overview|reservations|rooms(\/.*)?))$/

function isOurs(url: string): boolean {
  return OURS.test(url.split('?', 1)[0]!)
}
