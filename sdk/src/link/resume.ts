import type { TokenStorage } from '../client-api.ts'
import type { PageLife } from './page-life.ts'
import type { TabLocks } from './tab-locks.ts'

/** What a page needs after a reload to take its link and its seat back. */
export interface StoredSeat {
  /** Where the link is: a redirect may have led to another server than the one that the page names. */
  readonly url: string
  readonly linkId: Uint8Array
  readonly token: Uint8Array
  readonly game: string
  readonly channel: number
  readonly epoch: number
  /** It is no player's: its page only looked on. */
  readonly isSpectator: boolean
}

const SECRET_HEX = /^[0-9a-f]{32}$/

/** The tab that a page is in. */
export interface Tab {
  readonly page: PageLife
  /** Null where pages cannot see each other. */
  readonly locks: TabLocks | null
}

/** What this page has stored, and holds against copies of it. */
interface Kept {
  readonly seat: StoredSeat
  readonly release: () => void
}

/**
 * Keeps the resume token of one client address across page loads. A storage that is absent, full, forbidden or full of nonsense
 * costs the resume after a reload and nothing else.
 *
 * A browser that duplicates a tab, or opens one from another, copies the storage, and with it the token of a seat that is being played.
 * So a record says whether its page is alive: `pagehide` takes that back. Who finds a record that says "alive" looks whether
 * a page holds it, by a lock that ends with its page: if one does, this is a copy, and the seat is another's.
 */
export class ResumeStore {
  private readonly storage: TokenStorage | null
  private readonly key: string
  private readonly tab: Tab | null
  private kept: Kept | null = null
  private stopListening: () => void = () => {}

  /**
   * @param url the address that the page gave its client
   * @param tab null where there is no page: a storage that was handed in is the caller's to share
   */
  constructor(storage: TokenStorage | null, url: string, tab: Tab | null = null) {
    this.storage = storage
    this.key = `tickwire:${url}`
    this.tab = tab
  }

  load(): StoredSeat | null {
    return this.read()?.seat ?? null
  }

  /** What is stored, if it is this tab's to use. */
  async claim(): Promise<StoredSeat | null> {
    const record = this.read()
    const isOwn = this.tab === null || this.kept !== null
    if (record === null || !record.isAlive || isOwn) return record?.seat ?? null
    // Without locks a page that crashed looks like one that lives: better no seat than somebody else's.
    const isCopy = (await this.tab?.locks?.isHeld(lockName(record.seat)).catch(() => true)) ?? true
    if (!isCopy) return record.seat
    attempt(() => this.storage?.removeItem(this.key))
    return null
  }

  save(seat: StoredSeat): void {
    const known = this.kept
    const isSame = known !== null && lockName(known.seat) === lockName(seat)
    if (!isSame) known?.release()
    this.kept = { seat, release: isSame ? known.release : this.hold(seat) }
    this.write(seat, this.tab !== null)
    if (known === null) this.listen()
  }

  clear(): void {
    this.kept?.release()
    this.kept = null
    this.stopListening()
    attempt(() => this.storage?.removeItem(this.key))
  }

  private hold(seat: StoredSeat): () => void {
    return attempt(() => this.tab?.locks?.hold(lockName(seat))) ?? ((): void => {})
  }

  private listen(): void {
    const stop = this.tab?.page.listen((event) => {
      if (event === 'hide') this.park()
      else if (event === 'show') this.unpark()
    })
    this.stopListening = stop ?? ((): void => {})
  }

  /** The page goes: whoever is in this tab next may have the seat. A held lock would also keep it out of the back/forward cache. */
  private park(): void {
    if (this.kept === null) return
    this.kept.release()
    this.write(this.kept.seat, false)
  }

  /** The page is back from the back/forward cache. */
  private unpark(): void {
    if (this.kept === null) return
    const { seat } = this.kept
    this.kept = { seat, release: this.hold(seat) }
    this.write(seat, true)
  }

  private read(): Stored | null {
    return attempt(() => parse(this.storage?.getItem(this.key) ?? null))
  }

  private write({ linkId, token, ...seat }: StoredSeat, isAlive: boolean): void {
    const record = { ...seat, linkId: toHex(linkId), token: toHex(token), isAlive }
    attempt(() => this.storage?.setItem(this.key, JSON.stringify(record)))
  }
}

/** What is in the storage. */
interface Stored {
  readonly seat: StoredSeat
  /** Its page has not said that it goes. */
  readonly isAlive: boolean
}

// The link's id is no secret: without the token it opens nothing.
const lockName = ({ linkId }: StoredSeat): string => `tickwire:${toHex(linkId)}`

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

function parse(text: string | null): Stored | null {
  if (text === null) return null
  const record = JSON.parse(text) as Record<string, unknown>
  const { url, linkId, token, game, channel, epoch } = record
  if (typeof url !== 'string' || typeof game !== 'string' || !isSecret(linkId) || !isSecret(token)) return null
  if (!isUint(channel, 0xffff) || !isUint(epoch, 0xffff_ffff)) return null
  const isSpectator = record['isSpectator'] === true
  const seat = { url, linkId: fromHex(linkId), token: fromHex(token), game, channel, epoch, isSpectator }
  return { seat, isAlive: record['isAlive'] === true }
}

const isSecret = (value: unknown): value is string => typeof value === 'string' && SECRET_HEX.test(value)
const isUint = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
