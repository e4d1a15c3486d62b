import { createHash, timingSafeEqual } from 'node:crypto'
import { SECRET_BYTES } from '../secrets.ts'
import type { RandomBytes } from '../secrets.ts'

/**
 * The secret that reclaims a link, rotated on each use. Kept as hashes: what leaks from this memory opens nothing.
 *
 * The previous token stays valid until the client has shown that it holds the next one. Else a cut between the welcome
 * and its storing would lock the player out.
 */
export class ResumeTokens {
  private readonly randomBytes: RandomBytes
  private current: Buffer
  private previous: Buffer | null = null
  private isHeldByClient = false

  constructor(randomBytes: RandomBytes) {
    this.randomBytes = randomBytes
    // Nobody holds a first token before `issue`: this one opens for nobody.
    this.current = hashOf(randomBytes(SECRET_BYTES))
  }

  /** Makes the next token. The token that was last proven to be the client's stays valid until `confirm`. */
  issue(provenToken: Uint8Array): Uint8Array {
    const token = this.randomBytes(SECRET_BYTES)
    this.previous = hashOf(provenToken)
    this.current = hashOf(token)
    return token
  }

  /** The client's first message behind the welcome: it holds the new token. */
  confirm(): void {
    this.previous = null
    this.isHeldByClient = true
  }

  /** Whether the client has ever shown that it holds a token of this link. */
  get wasConfirmed(): boolean {
    return this.isHeldByClient
  }

  matches(token: Uint8Array): boolean {
    const hash = hashOf(token)
    const isCurrent = timingSafeEqual(hash, this.current)
    const isPrevious = timingSafeEqual(hash, this.previous ?? this.current)
    return isCurrent || isPrevious
  }
}

function hashOf(token: Uint8Array): Buffer {
  return createHash('sha256').update(token).digest()
}
