import { timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from '../secrets.ts'

/** Derives a key from a password, slowly, on another thread: `scrypt` of Node, or a test's own. */
export type Scrypt = (password: string, salt: Uint8Array) => Promise<Uint8Array>

/** What is kept of a password. */
export interface PasswordHash {
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

const SALT_BYTES = 16

/** The passwords of rooms: never kept, never logged, only what they hash to. */
export class Passwords {
  private readonly scrypt: Scrypt
  private readonly randomBytes: RandomBytes

  constructor(scrypt: Scrypt, randomBytes: RandomBytes) {
    this.scrypt = scrypt
    this.randomBytes = randomBytes
  }

  /** Null for no password. */
  async hash(password: string): Promise<PasswordHash | null> {
    if (password === '') return null
    const salt = this.randomBytes(SALT_BYTES)
    return { salt, key: await this.scrypt(password, salt) }
  }

  async opens(password: string, { salt, key }: PasswordHash): Promise<boolean> {
    return timingSafeEqual(await this.scrypt(password, salt), key)
  }
}
