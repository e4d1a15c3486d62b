import type { Context, MiddlewareHandler } from 'hono'
import { ProblemError } from './problem.ts'
import { isEqual, SIGNATURE_HEADER, SignatureCheck, TIME_HEADER } from './signature.ts'

/** Who may look and who may act. Without any of these only this machine itself may. */
export interface Secrets {
  /** Lets its bearer do everything. */
  readonly token: string | null
  /** Lets its bearer look, and nothing else. */
  readonly readToken: string | null
  /** Signs requests of services; see `sign`. */
  readonly secret: string | null
}

/** What the transport knows of a request and its headers cannot say. */
export interface Caller {
  readonly isLoopback: boolean
}

export interface ApiEnv {
  Bindings: Caller
}

/** Lets a request pass that may do what it asks for. */
export class Access {
  private readonly secrets: Secrets
  private readonly signatures: SignatureCheck | null

  /** @param nowMs milliseconds since 1970 */
  constructor(secrets: Secrets, nowMs: () => number) {
    this.secrets = secrets
    this.signatures = secrets.secret === null ? null : new SignatureCheck(secrets.secret, nowMs)
  }

  /** For what changes nothing. */
  get toRead(): MiddlewareHandler<ApiEnv> {
    return this.allow([this.secrets.token, this.secrets.readToken])
  }

  get toWrite(): MiddlewareHandler<ApiEnv> {
    return this.allow([this.secrets.token])
  }

  /** Whether what passed `toRead` would pass `toWrite` too. */
  mayWrite({ req, env }: Context<ApiEnv>): boolean {
    if (req.header(SIGNATURE_HEADER) !== undefined) return true
    try {
      this.checkBearer(req.header('authorization'), [this.secrets.token], env.isLoopback)
      return true
    } catch {
      return false
    }
  }

  private allow(tokens: readonly (string | null)[]): MiddlewareHandler<ApiEnv> {
    return async ({ req, env }, next) => {
      const signature = req.header(SIGNATURE_HEADER)
      if (signature !== undefined) {
        const { pathname, search } = new URL(req.url)
        const time = req.header(TIME_HEADER) ?? ''
        const body = await req.text()
        this.checkSigned({ method: req.method, path: pathname + search, body, time, signature })
      } else this.checkBearer(req.header('authorization'), tokens, env.isLoopback)
      await next()
    }
  }

  private checkSigned(request: Parameters<SignatureCheck['fault']>[0]): void {
    if (this.signatures === null)
      throw new ProblemError('unauthorized', 'this server takes no signed requests: set http.secret')
    const fault = this.signatures.fault(request)
    if (fault !== null) throw new ProblemError('unauthorized', fault)
  }

  private checkBearer(header: string | undefined, tokens: readonly (string | null)[], isLoopback: boolean): void {
    const sent = /^Bearer (.+)$/i.exec(header ?? '')?.[1]
    if (sent !== undefined) {
      if (tokens.some((token) => token !== null && isEqual(sent, token))) return
      throw new ProblemError('forbidden', 'this token does not allow it')
    }
    const { token, readToken, secret } = this.secrets
    // On the developer's own machine the page simply opens; elsewhere a forgotten token must not be an open door.
    if (isLoopback && token === null && readToken === null && secret === null) return
    const hint = token === null ? 'set http.token, and send it' : 'send it'
    throw new ProblemError('unauthorized', `a token is needed: ${hint} as "Authorization: Bearer ..."`)
  }
}
