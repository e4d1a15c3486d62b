import type { Client, JoinedRoom, MatchTicketState, Party } from 'tickwire/client'
import { duel } from './duel.ts'
import type { Duel } from './duel.ts'

/** What the page shows of people. */
export interface Friends {
  members(lines: readonly string[]): void
  enter(room: JoinedRoom<Duel>): void
  say(line: string): void
}

export async function gather(client: Client, code: string | null, friends: Friends): Promise<Party> {
  const party = code === null ? await client.createParty({ maxMembers: 2 }) : await client.joinParty(code)
  const show = (): void =>
    friends.members(
      party.members.map(({ alias, leader, ready }) => `${alias}${leader ? ' leads' : ready ? ' is ready' : ''}`),
    )
  party.onChange(show)
  show()
  party.onSeat(duel, async (offer) => friends.enter(await offer.accept({ name: client.alias ?? 'nobody' })))
  return party
}

export const play = (party: Party, name: string): Promise<JoinedRoom<Duel>> =>
  party.joinOrCreate(duel, { name }, { options: { map: 'dust' } })

export async function quickMatch(client: Client, name: string, friends: Friends): Promise<void> {
  const ticket = await client.queue(duel, 'ranked', { maps: ['dust', 'snow'] })
  ticket.onState((state) => {
    friends.say(banner(state))
    if (state.phase === 'proposed' && !state.accepted) void ticket.accept() // or a button, and `decline` on another
  })
  friends.enter(await ticket.join({ name }))
}

function banner(state: MatchTicketState): string {
  switch (state.phase) {
    case 'queued':
      return `${state.why.queued} of ${state.why.needed} players, for ${Math.round(state.why.waitedMs / 1000)} s`
    case 'proposed':
      return `${state.acceptedPlayers} of ${state.players} are ready`
    case 'seating':
    case 'matched':
      return 'Here we go'
    case 'ended':
      return state.mine ? 'You left the queue' : `Nothing came of it: ${state.reason}`
  }
}

export async function greet(client: Client, alias: string, friend: string, friends: Friends): Promise<void> {
  await client.setAlias(alias)
  await client.setStatus('in the lobby')
  client.onDirect(({ from, text }) => friends.say(`${from}: ${text}`))
  const found = await client.find(friend)
  await client.sendTo(found.alias, found.roomId === null ? 'A game?' : 'May I watch?')
}
