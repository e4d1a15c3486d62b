import { Random } from '@tickwire/protocol'
import type { Directory } from '../../../server/src/directory/directory.ts'

/**
 * A directory that is far away: each call reaches the real one after a random number of turns, and so does its answer; calls
 * that are made at once overtake each other. The same seed gives the same run.
 */
export function delayed(directory: Directory, seed: number, maxTurns: number = 5): Directory {
  const random = new Random(seed)
  const pause = async (): Promise<void> => {
    for (let turns = Math.floor(random.next() * (maxTurns + 1)); turns > 0; turns--) {
      await new Promise((resolve) => void setImmediate(resolve))
    }
  }
  const far = async <T>(call: () => Promise<T>): Promise<T> => {
    await pause()
    const answer = await call()
    await pause()
    return answer
  }
  const { names } = directory
  return {
    reserve: (criteria, party, createIfNone) => far(() => directory.reserve(criteria, party, createIfNone)),
    confirm: (reservation, report) => far(() => directory.confirm(reservation, report)),
    release: (reservation) => far(() => directory.release(reservation)),
    register: (room) => far(() => directory.register(room)),
    report: (report) => far(() => directory.report(report)),
    unregister: (roomId) => far(() => directory.unregister(roomId)),
    list: (query, cursor) => far(() => directory.list(query, cursor)),
    watch: (query, listener) => far(() => directory.watch(query, listener)),
    names: {
      claim: (name, holder) => far(() => names.claim(name, holder)),
      release: (holder) => far(() => names.release(holder)),
      find: (name) => far(() => names.find(name)),
      tell: (name, message) => far(() => names.tell(name, message)),
    },
  }
}
