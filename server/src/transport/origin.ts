/** What the origin rule looks at. */
export interface OriginQuestion {
  /** The `Origin` header; null: not a browser. */
  readonly origin: string | null
  /** The `Host` header: what the client believes to talk to. */
  readonly host: string | null
  /** The address of ours that was connected to. */
  readonly localAddress: string | null
  /** Origins as `https://game.example`, or `'*'` for any. */
  readonly allowedOrigins: readonly string[]
}

/**
 * Whether a page may connect: browsers do not ask before they open a WebSocket to a foreign server, so the server has to.
 * Same origin, an origin of the list, or, between two programs of one machine, any loopback origin: a dev server has a port
 * of its own. Schemes are not compared: TLS may end at a proxy.
 */
export function isOriginAllowed({ origin, host, localAddress, allowedOrigins }: OriginQuestion): boolean {
  if (origin === null || allowedOrigins.includes('*') || allowedOrigins.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const page = new URL(origin)
  if (host !== null && page.host === hostOf(host, page.protocol)) return true
  return localAddress !== null && isLoopbackAddress(localAddress) && isLoopbackName(page.hostname)
}

/** A `Host` header in the form that `URL` gives an origin's: lower case, without the scheme's default port. */
function hostOf(header: string, protocol: string): string | null {
  const url = `${protocol}//${header}`
  return URL.canParse(url) ? new URL(url).host : null
}

/** IPv4 in IPv6 notation, as a dual-stack socket reports it, in its plain form. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

export function isLoopbackAddress(address: string): boolean {
  return plainAddress(address).startsWith('127.') || address === '::1'
}

export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || isIpv4Loopback(name)
}

// Only a whole address: `127.0.0.1.evil.example` is a name that anybody can register.
const isIpv4Loopback = (name: string): boolean => /^127\.\d+\.\d+\.\d+$/.test(name)
