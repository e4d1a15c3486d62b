import { createClient } from 'tickwire/client'
import type { Client, JoinedRoom } from 'tickwire/client'
import { kick } from './kick.ts'
import type { Kick } from './kick.ts'

/** A link like `/?room=3f9c...` or `/?key=friends` leads to that room; without one it is any room with a free seat. */
export async function enter(client: Client, name: string, link: URLSearchParams): Promise<JoinedRoom<Kick>> {
  const kept = await client.resume(kick)
  if (kept !== null) return kept
  const id = link.get('room')
  if (id !== null) return client.joinById(kick, id, { name })
  const key = link.get('key')
  return client.joinOrCreate(kick, { name }, key === null ? {} : { key })
}

export interface Screen {
  say(line: string): void
  flash(x: number, y: number): void
}

/** What a page wires once it has a room. */
export function play(room: JoinedRoom<Kick>, screen: Screen): void {
  room.onEvent('thump', ({ x, y }) => screen.flash(x, y))
  room.onEvent('goal', ({ by }) => {
    const name = by === null ? 'Nobody' : room.players.get(by)?.name
    screen.say(`${name} has scored: ${room.state.goals}`)
  })
  room.onMessage('chat', ({ from, text }) => screen.say(`${from}: ${text}`))
  room.onConnection((state) => {
    if (state.phase === 'resuming') screen.say(`reconnecting, attempt ${state.attempt}`)
  })
  void room.left.then(({ meaning }) => screen.say(`The game is over: ${meaning}`))
}

/** From a click to a room, with a word for each way that it can fail. */
export async function start(name: string, screen: Screen): Promise<void> {
  const client = createClient('ws://localhost:2567')
  try {
    play(await enter(client, name, new URLSearchParams(location.search)), screen)
  } catch (error) {
    screen.say(error instanceof Error ? error.message : String(error))
  }
}
