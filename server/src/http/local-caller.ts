import type { IncomingMessage } from 'node:http'
import { isLoopbackAddress, isLoopbackName } from '../transport/origin.ts'

/** Headers by which a proxy says that somebody else is asking. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/**
 * Whether a request comes from somebody at this machine. The address alone does not say so: a proxy beside us passes on the
 * whole world's requests, and a page of any site may send some from the developer's own browser, even under our name.
 */
export function isLocalCaller({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  if (!isLoopbackAddress(socket.remoteAddress ?? '')) return false
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false
  const host = hostnameOf(`http://${headers.host ?? ''}`)
  if (host === null || !isLoopbackName(host)) return false
  const { origin } = headers
  return origin === undefined || origin === `http://${headers.host}` || origin === `https://${headers.host}`
}

function hostnameOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null
}
