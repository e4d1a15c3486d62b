import type { Client, JoinedRoom, SeatOffer, WatchedRoom } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import { isPassing } from './problems.ts'
import type { Veil } from './veil.ts'

/** How somebody wants to get into a room. */
export type Way =
  | { readonly by: 'quick' }
  | { readonly by: 'key'; readonly key: string }
  | { readonly by: 'create'; readonly options: Partial<Arena['options']> }
  | { readonly by: 'code'; readonly code: string }
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'offer'; readonly offer: SeatOffer<Arena> }
  | { readonly by: 'watch'; readonly id: string }

/** A room that is played in, or one that is only looked at. */
export type Entered =
  | { readonly role: 'pilot'; readonly room: JoinedRoom<Arena> }
  | { readonly role: 'watcher'; readonly room: WatchedRoom<Arena> }

const RETRY_SECONDS = [2, 4, 8, 15]

/** Goes that way, again and again while the server cannot be reached; rejects with `NotWaiting` when the player gives up. */
export async function enter(client: Client, way: Way, name: string, veil: Veil): Promise<Entered> {
  for (let tries = 0; ; tries++) {
    const title = way.by === 'watch' ? 'Going to look on' : 'Joining'
    veil.show({ title, text: 'One moment.' })
    // A link that the list of rooms uses may have been lost meanwhile; the way in waits for it.
    const unsubscribe = client.onConnection(({ phase }) => {
      const text = phase === 'resuming' ? 'The connection is lost. Reconnecting.' : 'One moment.'
      veil.show({ title, text })
    })
    try {
      if (way.by === 'watch') return { role: 'watcher', room: await client.spectate(arena, way.id) }
      return { role: 'pilot', room: await join(client, way, { name }) }
    } catch (error) {
      if (!isPassing(error)) throw error
      const text = 'The game server cannot be reached.'
      await veil.wait({ title: 'No connection', text }, RETRY_SECONDS[Math.min(tries, RETRY_SECONDS.length - 1)]!)
    } finally {
      unsubscribe()
      veil.hide()
    }
  }
}

type WayIn = Exclude<Way, { readonly by: 'watch' }>

function join(client: Client, way: WayIn, fields: Arena['join']): Promise<JoinedRoom<Arena>> {
  // Who leads others takes them along; alone in a party is alone.
  const { party } = client
  const to = party !== null && party.me.leader && party.members.length > 1 ? party : client
  switch (way.by) {
    case 'key':
      return to.joinOrCreate(arena, fields, { key: way.key })
    case 'create':
      return to.create(arena, fields, { visibility: 'private', options: way.options })
    case 'code':
      return to.joinByCode(arena, way.code, fields)
    case 'id':
      return to.joinById(arena, way.id, fields)
    case 'offer':
      return way.offer.accept(fields)
    case 'quick':
    default:
      return to.joinOrCreate(arena, fields)
  }
}
