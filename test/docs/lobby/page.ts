import { RefusedError } from 'tickwire'
import type { Client, JoinedRoom, LiveRooms, RoomListing, WatchedRoom } from 'tickwire/client'
import { duel } from './duel.ts'
import type { Duel } from './duel.ts'

/** What the page shows; a real one has buttons and rows for it. */
export interface Screen {
  rooms(rooms: readonly RoomListing<Duel>[]): void
  say(line: string): void
}

export async function follow(client: Client, screen: Screen): Promise<LiveRooms<Duel>> {
  const show = (): void => screen.rooms(list.rooms)
  const list = await client
    .lobby(duel)
    .watch(
      { where: { map: 'dust', skill: { min: 10, max: 60 }, locked: false }, sort: '-players', limit: 20 },
      { onAdd: show, onChange: show, onRemove: show },
    )
  show()
  return list
}

export async function search(client: Client, text: string): Promise<string[]> {
  const lobby = client.lobby(duel)
  const names: string[] = []
  let cursor: string | null = null
  do {
    const page = await lobby.list({ where: text, sort: 'skill', limit: 50, cursor })
    names.push(...page.rooms.map(({ metadata, players }) => `${metadata.title} (${players})`))
    cursor = page.cursor
  } while (cursor !== null)
  return names
}

export const quick = (client: Client, name: string): Promise<JoinedRoom<Duel>> =>
  client.joinOrCreate(duel, { name }, { where: { map: 'dust', players: { below: 4 } }, options: { map: 'dust' } })

export async function invite(client: Client, name: string): Promise<{ room: JoinedRoom<Duel>; link: string }> {
  const room = await client.create(
    duel,
    { name },
    { visibility: 'private', password: 'sesame', options: { rounds: 5 } },
  )
  return { room, link: `https://duel.example/#${room.invite}` }
}

export async function accept(client: Client, name: string, code: string, ask: () => string): Promise<JoinedRoom<Duel>> {
  try {
    return await client.joinByCode(duel, code, { name })
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'password-required') throw error
    return client.joinByCode(duel, code, { name }, { password: ask() })
  }
}

export async function getReady(room: JoinedRoom<Duel>): Promise<string[]> {
  await room.setProfile({ colour: 'green', isReady: true })
  return [...room.players.values()].map(({ name, profile }) => `${name}: ${profile.isReady ? 'ready' : 'waits'}`)
}

export async function rename(room: JoinedRoom<Duel>, title: string, screen: Screen): Promise<void> {
  if (room.owner !== room.seat) return screen.say(`This room is ${room.players.get(room.owner ?? -1)?.name}'s.`)
  try {
    await room.admin.setMetadata({ title }, { revision: room.revision })
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'outdated') screen.say('Somebody was faster; look again.')
    else throw error
  }
}

export const watchFirst = async (client: Client): Promise<WatchedRoom<Duel> | null> => {
  const { rooms } = await client.lobby(duel).list({ sort: '-players', limit: 1 })
  return rooms[0] === undefined ? null : client.spectate(duel, rooms[0].id)
}
