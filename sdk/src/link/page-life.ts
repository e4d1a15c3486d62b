import type { Unsubscribe } from '../room-api.ts'

/**
 * What happens to a page and matters to its connection.
 * - `online`, `offline`: the machine's network came or went
 * - `visible`: the player looks again
 * - `hide`, `show`: the page is left, and perhaps kept (back/forward cache); it came back from there
 */
export type PageEvent = 'online' | 'offline' | 'visible' | 'hide' | 'show'

export interface PageLife {
  listen(listener: (event: PageEvent) => void): Unsubscribe
}

/** The part of a window that is used. */
interface PageWindow extends EventTarget {
  readonly document?: EventTarget & { readonly visibilityState: string }
}

/** The page that this runs in, or null: a Worker and Node have none. */
export function browserPageLife(host: PageWindow = globalThis): PageLife | null {
  const { document } = host
  if (document === undefined || typeof host.addEventListener !== 'function') return null
  return { listen: (listener) => listenTo(host, document, listener) }
}

function listenTo(
  host: PageWindow,
  document: NonNullable<PageWindow['document']>,
  listener: (event: PageEvent) => void,
): Unsubscribe {
  const bindings: readonly (readonly [EventTarget, string, (event: Event) => void])[] = [
    [host, 'online', () => listener('online')],
    [host, 'offline', () => listener('offline')],
    [host, 'pagehide', () => listener('hide')],
    // The first pageshow is the load itself; only a persisted one comes after a hide.
    [host, 'pageshow', (event) => (event as PageTransitionEvent).persisted && listener('show')],
    [document, 'visibilitychange', () => document.visibilityState === 'visible' && listener('visible')],
  ]
  for (const [target, type, handler] of bindings) target.addEventListener(type, handler)
  return () => {
    for (const [target, type, handler] of bindings) target.removeEventListener(type, handler)
  }
}
