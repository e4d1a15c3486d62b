import { createHmac, timingSafeEqual } from 'node:crypto'

/** The headers of a signed request. */
export const TIME_HEADER = 'tickwire-time'
export const SIGNATURE_HEADER = 'tickwire-signature'

/** How far the clocks of the two ends may be apart, in ms. */
const MAX_SKEW_MS = 5 * 60_000

/** A request as far as its signature goes. */
export interface SignedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body: string
  /** As the headers have them. */
  readonly time: string
  readonly signature: string
}

/**
 * The signature of a request: HMAC-SHA256 over `<time>\n<method>\n<path>\n<body>`, in hex, with the milliseconds since 1970 as
 * time. A line break can stand in none of the first three, so no two requests have the same text.
 */
export function sign(secret: string, { method, path, body, time }: Omit<SignedRequest, 'signature'>): string {
  return createHmac('sha256', secret).update(`${time}\n${method}\n${path}\n${body}`).digest('hex')
}

/**
 * Checks signatures, and that none is used twice: a signed kick that somebody has copied kicks nobody again.
 */
export class SignatureCheck {
  private readonly secret: string
  private readonly nowMs: () => number
  /** Used signatures and when their time runs out, the oldest first. */
  private readonly used = new Map<string, number>()

  /** @param nowMs milliseconds since 1970 */
  constructor(secret: string, nowMs: () => number) {
    this.secret = secret
    this.nowMs = nowMs
  }

  /** Why a request is not to be believed, or null. */
  fault(request: SignedRequest): string | null {
    const nowMs = this.nowMs()
    const time = Number(request.time)
    if (!/^\d{1,15}$/.test(request.time) || Math.abs(nowMs - time) > MAX_SKEW_MS) {
      return `${TIME_HEADER}: expected the milliseconds since 1970, within 5 minutes of this server's clock`
    }
    if (!isEqual(request.signature, sign(this.secret, request)))
      return `${SIGNATURE_HEADER}: it does not fit the request`
    this.forgetBefore(nowMs)
    if (this.used.has(request.signature)) return `${SIGNATURE_HEADER}: it was used before; sign each request anew`
    this.used.set(request.signature, time + MAX_SKEW_MS)
    return null
  }

  private forgetBefore(nowMs: number): void {
    for (const [signature, endsMs] of this.used) if (endsMs < nowMs) this.used.delete(signature)
  }
}

/** In constant time, for whatever was sent. */
export function isEqual(sent: string, expected: string): boolean {
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
