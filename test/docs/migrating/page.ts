import type { Client, JoinedRoom } from 'tickwire/client'
import { walkers } from './walkers.ts'
import type { Walkers } from './walkers.ts'

/** What stands for the page. */
export interface Page {
  readonly say: (line: string) => void
  readonly moveSprite: (id: number, x: number, y: number) => void
  readonly removeSprite: (id: number) => void
}

export async function enter(client: Client, { say, moveSprite, removeSprite }: Page): Promise<JoinedRoom<Walkers>> {
  // A tab that was reloaded finds its seat; else there is a new one.
  const room = (await client.resume(walkers)) ?? (await client.joinOrCreate(walkers, { name: 'Ada' }))
  room.draw('walker', {
    enter: ({ id }) => id,
    update: ({ x, y }, id) => moveSprite(id, x, y), // mine is predicted, the others' are smoothed
    leave: (_walker, id) => removeSprite(id),
  })
  room.onMessage('chat', ({ from, text }) => say(`${room.players.get(from ?? -1)?.name}: ${text}`))
  room.onConnection(({ phase }) => say(phase))
  return room
}

export function frame(room: JoinedRoom<Walkers>, keys: ReadonlySet<string>): void {
  room.advance(() => ({ moveX: Number(keys.has('ArrowRight')) - Number(keys.has('ArrowLeft')) }))
}

export async function cheer(room: JoinedRoom<Walkers>): Promise<number> {
  room.send('chat', { text: 'ready?' })
  const { heardBy } = await room.request('cheer', { times: 3 }, { timeoutMs: 2000 })
  return heardBy
}
