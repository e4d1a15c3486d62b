import type { Impairment } from 'tickwire/client'

/** What the address of the page asks for. */
export interface PageOptions {
  /** `?server=ws://localhost:2567`: where the game server is; by default where the page came from. */
  readonly serverUrl: string
  /** `?quick`: join at once, without the lobby. */
  readonly quick: boolean
  readonly name: string
  /** `?room=CODE`: an invitation into the room of this code. */
  readonly code: string | undefined
  /** `?party=CODE`: an invitation into this party. */
  readonly party: string | undefined
  /** `?key=KEY`: everybody with the same key meets in one room, which is made when the first one comes. */
  readonly key: string | undefined
  /** `?latency=150&jitter=30&loss=1`: milliseconds each way and percent, added to the real network. */
  readonly impair: Impairment | undefined
  /** `?renderer=canvas|webgl`: instead of what suits the machine. */
  readonly renderer: string | null
}

/** Reads the part of an address behind its question mark; what is missing or makes no sense is left out. */
export function readOptions(page: URL): PageOptions {
  const query = page.searchParams
  return {
    serverUrl: query.get('server') ?? '/',
    quick: query.has('quick'),
    name: query.get('name')?.trim() ?? '',
    code: query.get('room')?.trim() || undefined,
    party: query.get('party')?.trim() || undefined,
    key: query.get('key') || undefined,
    impair: readImpairment(query),
    renderer: query.get('renderer'),
  }
}

/** The address that invites into a room or a party; it keeps which server the page plays on. */
export function inviteLink(page: URL, kind: 'room' | 'party', code: string): string {
  const link = new URL(page.pathname, page)
  const server = page.searchParams.get('server')
  if (server !== null) link.searchParams.set('server', server)
  link.searchParams.set(kind, code)
  return link.href
}

function readImpairment(query: URLSearchParams): Impairment | undefined {
  const impairment = {
    latencyMs: positive(query.get('latency')),
    jitterMs: positive(query.get('jitter')),
    lossPercent: Math.min(positive(query.get('loss')), 50),
  }
  const isClean = Object.values(impairment).every((value) => value === 0)
  return isClean ? undefined : impairment
}

function positive(text: string | null): number {
  const value = Number(text ?? 0)
  return Number.isFinite(value) && value > 0 ? value : 0
}
