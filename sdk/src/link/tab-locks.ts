/**
 * Lets the pages of one origin see what the others hold, for as long as they live: a page that crashed, was discarded or left
 * holds nothing any more, without having to say so.
 */
export interface TabLocks {
  /** Holds a name until the returned function is called. */
  hold(name: string): () => void
  /** Whether any page holds it now. */
  isHeld(name: string): Promise<boolean>
}

/** The part of `navigator.locks` that is used. */
interface LockManagerLike {
  request<T>(name: string, options: LockOptionsLike, run: (lock: unknown) => T | Promise<T>): Promise<T>
}

interface LockOptionsLike {
  readonly mode: 'shared' | 'exclusive'
  readonly ifAvailable?: boolean
}

/** The platform's Web Locks, or null where there are none: pages that came over plain HTTP from another machine. */
export function browserTabLocks(): TabLocks | null {
  const { locks } = (globalThis as { navigator?: { locks?: LockManagerLike } }).navigator ?? {}
  return locks === undefined ? null : { hold: (name) => hold(locks, name), isHeld: (name) => isHeld(locks, name) }
}

function hold(locks: LockManagerLike, name: string): () => void {
  let release: () => void = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  // Shared, so that it never waits for another holder. A platform that refuses costs only the others' knowledge.
  locks.request(name, { mode: 'shared' }, () => released).catch(() => {})
  return release
}

function isHeld(locks: LockManagerLike, name: string): Promise<boolean> {
  return locks.request(name, { mode: 'exclusive', ifAvailable: true }, (lock) => lock === null)
}
