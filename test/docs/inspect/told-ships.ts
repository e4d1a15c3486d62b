import { readFile } from 'node:fs/promises'
import { readTrace } from 'tickwire/client/inspector'
import { arena } from '../../games/arena/arena.ts'

/** How often each ship was told of in a trace, by its id. */
export async function toldShips(path: string): Promise<Map<number, number>> {
  const told = new Map<number, number>()
  for (const { messages } of await readTrace(await readFile(path), arena)) {
    for (const { changes } of messages) {
      for (const { kind, id } of changes) if (kind === 'ship') told.set(id, (told.get(id) ?? 0) + 1)
    }
  }
  return told
}
