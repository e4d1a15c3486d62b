import type { TokenStorage } from '../client-api.ts'

/** What a page needs after a reload to take its link and its seat back. */
export interface StoredSeat {
  /** Where the link is: a redirect may have led to another server than the one that the page names. */
  readonly url: string
  readonly linkId: Uint8Array
  readonly token: Uint8Array
  readonly game: string
  readonly channel: number
  readonly epoch: number
}

const SECRET_HEX = /^[0-9a-f]{32}$/

/**
 * Keeps the resume token of one client address across page loads. A storage that is absent, full, forbidden or full of nonsense
 * costs the resume after a reload and nothing else.
 */
export class ResumeStore {
  private readonly storage: TokenStorage | null
  private readonly key: string

  /** @param url the address that the page gave its client */
  constructor(storage: TokenStorage | null, url: string) {
    this.storage = storage
    this.key = `tickwire:${url}`
  }

  load(): StoredSeat | null {
    return attempt(() => parse(this.storage?.getItem(this.key) ?? null))
  }

  save({ url, linkId, token, game, channel, epoch }: StoredSeat): void {
    const record = { url, linkId: toHex(linkId), token: toHex(token), game, channel, epoch }
    attempt(() => this.storage?.setItem(this.key, JSON.stringify(record)))
  }

  clear(): void {
    attempt(() => this.storage?.removeItem(this.key))
  }
}

/** The window's `sessionStorage`: it belongs to one tab and survives its reloads. Null in a Worker, in Node and where it is forbidden. */
export function tabStorage(): TokenStorage | null {
  // Even reading the property throws when the user forbids a site to store anything.
  return attempt(() => (globalThis as { sessionStorage?: TokenStorage }).sessionStorage ?? null)
}

function attempt<T>(fn: () => T): T | null {
  try {
    return fn()
  } catch {
    return null
  }
}

function parse(text: string | null): StoredSeat | null {
  if (text === null) return null
  const record = JSON.parse(text) as Record<string, unknown>
  const { url, linkId, token, game, channel, epoch } = record
  if (typeof url !== 'string' || typeof game !== 'string' || !isSecret(linkId) || !isSecret(token)) return null
  if (!isUint(channel, 0xffff) || !isUint(epoch, 0xffff_ffff)) return null
  return { url, linkId: fromHex(linkId), token: fromHex(token), game, channel, epoch }
}

const isSecret = (value: unknown): value is string => typeof value === 'string' && SECRET_HEX.test(value)
const isUint = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
