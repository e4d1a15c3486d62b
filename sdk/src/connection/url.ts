import { ConfigError } from '@tickwire/protocol'

const DEFAULT_PATH = '/tickwire'
const SCHEMES: Readonly<Record<string, string>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' }
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/
const EXPECTED = "an address such as 'ws://localhost:2567', 'https://play.example' or, in a page, '/'"

/**
 * The WebSocket address behind what the caller wrote: `http` becomes `ws`, a path alone is on the page's own host, and
 * without a path it is `/tickwire`.
 * @param page the address of the page, or null where there is none
 * @throws ConfigError when it is no such address, or when the page's browser would refuse it
 */
export function socketUrl(given: string, page: string | null): string {
  const url = parse(given, page)
  const scheme = SCHEMES[url.protocol]
  if (scheme === undefined) throw new ConfigError('url', EXPECTED, given)
  const path = url.pathname === '/' ? DEFAULT_PATH : url.pathname
  const isMixed = scheme === 'ws:' && page?.startsWith('https:') === true && !LOOPBACK.test(url.hostname)
  if (isMixed) {
    const hint = 'browsers refuse ws:// from an https page as mixed content; give the server a certificate'
    throw new ConfigError('url', `wss://${url.host}${path}`, given, hint)
  }
  return `${scheme}//${url.host}${path}${url.search}`
}

/** What is probably wrong where a page of another machine looks for a server on its own; or nothing. */
export function otherDevice(url: string, page: string | null): string {
  const isOwn = (address: string): boolean => LOOPBACK.test(new URL(address).hostname)
  return page !== null && isOwn(url) && !isOwn(page) ? 'localhost is the device that shows this page' : ''
}

function parse(given: string, page: string | null): URL {
  try {
    // A relative address needs a page; `new URL` with a base would also take 'localhost:2567' for a scheme.
    return page === null ? new URL(given) : new URL(given, page)
  } catch {
    const hint =
      page === null && given.startsWith('/') ? 'there is no page here that it could be relative to' : undefined
    throw new ConfigError('url', EXPECTED, given, hint)
  }
}

/** The address of the page or Worker that this runs in, or null: Node has none, and a Blob's or a file's is no host. */
export function pageUrl(): string | null {
  const href = (globalThis as { location?: { readonly href?: string } }).location?.href
  return href !== undefined && /^https?:/.test(href) ? href : null
}
