import { Link } from './link.ts'
import type { LinkOptions, LinkParts } from './link.ts'

/** Of so many the least is taken: a connection's first packets may wait for each other. */
const PONGS = 3
const TIMEOUT_MS = 5000

/** The round trip to a server in ms, by a link that is opened for nothing else; null when none comes about in time. */
export function measureRoundTrip(options: LinkOptions, parts: LinkParts): Promise<number | null> {
  return new Promise((resolve) => {
    const link = new Link(options, parts)
    let [least, pongs]: [number | null, number] = [null, 0]
    const finish = (): void => {
      timer.cancel()
      link.close()
      resolve(least)
    }
    const timer = parts.clock.setTimer(finish, TIMEOUT_MS)
    link.onRoundTrip = (ms) => {
      least = Math.min(least ?? ms, ms)
      if (++pongs === PONGS) finish()
    }
    link.onConnection(({ phase }) => {
      if (phase === 'closed') finish()
    })
    link.start()
  })
}
