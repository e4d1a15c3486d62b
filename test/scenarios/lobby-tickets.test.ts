import type { JoinedRoom, MatchTicket, MatchTicketState } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import type { QueuedMatch } from '@tickwire/server'
import { brawl, brawlRoom, casual, duel, newRankedNotes, ranked, regional } from './brawl.ts'
import type { Brawl } from './brawl.ts'
import { SEAMS, useStepper } from './seams.ts'
import type { Stepper, StepperClient } from 'tickwire/testing'

const start = useStepper()
const WISH = { mode: 'flag', maps: ['dust', 'ice'] } as const
const wish = { mode: WISH.mode, maps: [...WISH.maps] }

type Ticket = MatchTicket<Brawl>

async function queueAll(stepper: Stepper<Brawl>, ends: readonly StepperClient<Brawl>[]): Promise<Ticket[]> {
  const tickets: Ticket[] = []
  for (const { client } of ends) tickets.push(await stepper.until(client.queue(brawl, 'ranked', wish)))
  return tickets
}

const clients = (stepper: Stepper<Brawl>, count: number): StepperClient<Brawl>[] =>
  Array.from({ length: count }, () => stepper.addClient())

const phases = (tickets: readonly Ticket[]): string[] => tickets.map(({ state }) => state.phase)

const refusal = (stepper: Stepper<Brawl>, promise: Promise<unknown>): Promise<unknown> =>
  stepper.until(promise.then(() => 'done').catch((error: { code?: string }) => error.code))

/** What a ticket went through, a word each, without repetition. */
function journey(ticket: Ticket): string[] {
  const seen = [ticket.state.phase as string]
  ticket.onState(({ phase }: MatchTicketState) => void (seen.at(-1) !== phase && seen.push(phase)))
  return seen
}

async function toProposed(stepper: Stepper<Brawl>, ends: readonly StepperClient<Brawl>[]): Promise<Ticket[]> {
  const tickets = await queueAll(stepper, ends)
  await stepper.runUntil(() => tickets.every(({ state }) => state.phase === 'proposed'), 3)
  return tickets
}

describe.each(SEAMS)('tickets, at the %s seam', (seam) => {
  it('[LOB5] go from the queue into a room whose options the match decides', async () => {
    const notes = newRankedNotes()
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(notes)], seam })
    const tickets = await queueAll(stepper, clients(stepper, 4))
    expect(tickets[0]!.state).toMatchObject({ phase: 'queued', why: { reason: 'players', needed: 4, queued: 1 } })
    const journeys = tickets.map(journey)
    const joining = tickets.map((ticket, i) => ticket.join({ name: `player ${i}` }))
    await stepper.runUntil(() => tickets.every(({ state }) => state.phase === 'proposed'), 3)
    expect(tickets[0]!.state).toMatchObject({ players: 4, acceptedPlayers: 0, accepted: false })
    await stepper.until(tickets[0]!.accept())
    await stepper.run(0.2)
    expect(tickets[0]!.state).toMatchObject({ acceptedPlayers: 1, accepted: true })
    expect(tickets[1]!.state).toMatchObject({ acceptedPlayers: 1, accepted: false })
    for (const ticket of tickets.slice(1)) await stepper.until(ticket.accept())
    const rooms: JoinedRoom<Brawl>[] = await stepper.until(Promise.all(joining))
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(1)
    expect(rooms[0]!.options).toEqual({ map: 'dust', round: 7 })
    expect(notes.matches).toMatchObject([{ queue: 'ranked', roomId: rooms[0]!.id }])
    for (const seen of journeys) expect(seen).toEqual(['queued', 'proposed', 'seating', 'matched'])
    // The room is its players' alone.
    const stranger = await stepper.until(stepper.addClient().client.joinOrCreate(brawl, { name: 'stranger' }))
    expect(stranger.id).not.toBe(rooms[0]!.id)
  })

  it('tell why they wait, again and again', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(newRankedNotes())], seam })
    const [first, second] = clients(stepper, 2)
    const [ticket] = await queueAll(stepper, [first!])
    await queueAll(stepper, [second!])
    await stepper.run(5)
    expect(ticket!.state).toMatchObject({ phase: 'queued', why: { reason: 'players', queued: 2 } })
    expect(ticket!.state.phase === 'queued' && ticket!.state.why.waitedMs).toBeGreaterThan(3000)
  })

  it('survive cuts in every phase', async () => {
    const stepper = start<Brawl>({
      rooms: [brawlRoom],
      queues: [ranked(newRankedNotes())],
      seam,
      impair: { latencyMs: 40 },
    })
    const ends = clients(stepper, 4)
    const tickets = await queueAll(stepper, ends)
    const [first] = ends
    first!.network.cut()
    await stepper.runUntil(() => tickets.every(({ state }) => state.phase === 'proposed'), 5)
    first!.network.cut()
    const accepting = tickets.map((ticket) => ticket.accept())
    await stepper.until(Promise.all(accepting))
    first!.network.cut()
    const rooms = await stepper.until(Promise.all(tickets.map((ticket) => ticket.join({ name: 'x' }))))
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(1)
  })

  it('end for whoever declines or does not answer; the others wait on, ahead of all', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(newRankedNotes())], seam })
    const tickets = await toProposed(stepper, clients(stepper, 4))
    await stepper.until(tickets[0]!.decline())
    await stepper.run(0.2)
    expect(tickets[0]!.state).toEqual({ phase: 'ended', reason: 'declined', mine: true })
    expect(phases(tickets.slice(1))).toEqual(['queued', 'queued', 'queued'])
    await expect(stepper.until(tickets[0]!.join({ name: 'late' }))).rejects.toMatchObject({ code: 'ticket-ended' })
    const [again] = await queueAll(stepper, [stepper.clients[0]!])
    await stepper.runUntil(() => again!.state.phase === 'proposed', 3)
    for (const ticket of tickets.slice(1)) await stepper.until(ticket.accept())
    await stepper.run(11)
    expect(again!.state).toEqual({ phase: 'ended', reason: 'not-accepted', mine: true })
    expect(phases(tickets.slice(1))).toEqual(['queued', 'queued', 'queued'])
  })

  it('end when they are cancelled, also by the end of the link', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(newRankedNotes())], seam })
    const ends = clients(stepper, 4)
    const tickets = await queueAll(stepper, ends.slice(0, 3))
    await stepper.until(tickets[0]!.cancel())
    await stepper.run(0.2)
    expect(tickets[0]!.state).toEqual({ phase: 'ended', reason: 'cancelled', mine: true })
    await stepper.until(ends[1]!.client.close())
    expect(tickets[1]!.state).toEqual({ phase: 'ended', reason: 'link-lost', mine: false })
    await stepper.run(1)
    const [last] = await queueAll(stepper, [ends[3]!])
    expect(last!.state).toMatchObject({ phase: 'queued', why: { queued: 2 } })
  })

  it('cancelled when the match is there already, leave the seat to others', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [duel], seam })
    const ends = clients(stepper, 3)
    const tickets: Ticket[] = []
    for (const { client } of ends.slice(0, 2)) tickets.push(await stepper.until(client.queue(brawl, 'duel', {})))
    await stepper.runUntil(() => tickets[0]!.state.phase === 'matched', 3)
    const room = await stepper.until(tickets[0]!.join({ name: 'one' }))
    await stepper.until(tickets[1]!.cancel())
    expect(tickets[1]!.state).toMatchObject({ phase: 'ended', reason: 'cancelled' })
    await stepper.run(0.2)
    const others = [0, 1, 2].map(() => stepper.addClient().client.joinById(brawl, room.id, { name: 'other' }))
    expect((await stepper.until(Promise.all(others))).length).toBe(3)
  })

  it('go back to the queue when the room cannot be made', async () => {
    const notes = newRankedNotes()
    notes.failure = new Error('no map today')
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(notes)], seam })
    const tickets = await toProposed(stepper, clients(stepper, 4))
    const journeys = tickets.map(journey)
    for (const ticket of tickets) await stepper.until(ticket.accept())
    await stepper.runUntil(() => journeys.every((seen) => seen.includes('queued')), 3)
    expect(stepper.log.join('\n')).toContain('no map today')
    notes.failure = null
    await stepper.runUntil(() => phases(tickets).every((phase) => phase === 'proposed'), 3)
    for (const ticket of tickets) await stepper.until(ticket.accept())
    await stepper.runUntil(() => phases(tickets).every((phase) => phase === 'matched'), 3)
  })

  it('of a party are the leader’s to take, and seat it in one team', async () => {
    const notes = newRankedNotes()
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(notes)], seam })
    const [ada, bob, cy, dan] = clients(stepper, 4)
    const party = await stepper.until(ada!.client.createParty())
    const second = await stepper.until(bob!.client.joinParty(party.code))
    expect(await refusal(stepper, bob!.client.queue(brawl, 'ranked', wish))).toBe('not-leader')
    expect(await refusal(stepper, ada!.client.queue(brawl, 'ranked', wish))).toBe('not-ready')
    await stepper.until(second.setReady())
    const shared: Ticket[] = []
    second.onTicket(brawl, (ticket) => void shared.push(ticket))
    const mine = await stepper.until(ada!.client.queue(brawl, 'ranked', wish))
    await stepper.run(0.2)
    expect(shared.length).toBe(1)
    expect(await refusal(stepper, stepper.addClient().client.joinParty(party.code))).toBe('party-busy')
    const tickets = [mine, shared[0]!, ...(await queueAll(stepper, [cy!, dan!]))]
    await stepper.runUntil(() => phases(tickets).every((phase) => phase === 'proposed'), 3)
    for (const ticket of tickets) await stepper.until(ticket.accept())
    const rooms = await stepper.until(Promise.all(tickets.map((ticket) => ticket.join({ name: 'x' }))))
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(1)
    const teams = notes.matches[0]!.teams.map((team) =>
      team.flatMap(({ players }) => players.map(({ userId }) => userId)),
    )
    const friends = [party.me.userId, second.me.userId]
    expect(teams.some((team) => friends.every((friend) => team.includes(friend)))).toBe(true)
  })

  it('of a party end when somebody leaves it', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(newRankedNotes())], seam })
    const [ada, bob] = clients(stepper, 2)
    const party = await stepper.until(ada!.client.createParty())
    const second = await stepper.until(bob!.client.joinParty(party.code))
    await stepper.until(second.setReady())
    const ticket = await stepper.until(ada!.client.queue(brawl, 'ranked', wish))
    await stepper.until(second.leave())
    await stepper.run(0.2)
    expect(ticket.state).toEqual({ phase: 'ended', reason: 'cancelled', mine: false })
    expect((await stepper.until(bob!.client.joinParty(party.code))).members.length).toBe(2)
  })

  it('fill running rooms before new ones are made', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [casual], seam })
    const open = await stepper.join(brawl, { name: 'host' }, { options: { map: 'dust' } })
    const late = stepper.addClient()
    const ticket = await stepper.until(late.client.queue(brawl, 'casual', {}))
    const room = await stepper.until(ticket.join({ name: 'guest' }))
    expect(room.id).toBe(open.id)
  })

  it('are refused by name', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [ranked(newRankedNotes())], seam })
    const [ada] = clients(stepper, 1)
    expect(await refusal(stepper, ada!.client.queue(brawl, 'duel', {}))).toBe('queue-not-found')
    expect(await refusal(stepper, ada!.client.queue(brawl, 'ranked', { ...wish, maps: [] }))).toBe('bad-ticket')
    const [ticket] = await queueAll(stepper, [ada!])
    expect(await refusal(stepper, ada!.client.queue(brawl, 'ranked', wish))).toBe('already-queued')
    expect(await refusal(stepper, ticket!.accept())).toBe('no-match')
    await stepper.until(ticket!.cancel())
    const room = await stepper.until(ada!.client.joinOrCreate(brawl, { name: 'ada' }))
    expect(await refusal(stepper, ada!.client.queue(brawl, 'ranked', wish))).toBe('already-seated')
    await stepper.until(room.leave())
    expect((await queueAll(stepper, [ada!]))[0]!.state.phase).toBe('queued')
  })
})

describe('round trips to regions', () => {
  it('are measured by links of their own, and decide where a match is', async () => {
    const matches: QueuedMatch[] = []
    const stepper = start<Brawl>({ rooms: [brawlRoom], queues: [regional(matches)], impair: { latencyMs: 20 } })
    const ends = clients(stepper, 2)
    const urls = { eu: stepper.addServer({ rooms: [brawlRoom] }), us: 'ws://nowhere.test/tickwire' }
    expect(await refusal(stepper, ends[0]!.client.queue(brawl, 'duel', {}))).toBe('bad-ticket')
    for (const { client } of ends) {
      const measured = await stepper.until(client.measureLatencies(urls))
      expect(Object.keys(measured)).toEqual(['eu'])
      expect(measured['eu']).toBeCloseTo(40, 0)
    }
    const tickets: Ticket[] = []
    for (const { client } of ends) tickets.push(await stepper.until(client.queue(brawl, 'duel', {})))
    await stepper.runUntil(() => phases(tickets).every((phase) => phase === 'matched'), 3)
    expect(tickets[0]!.state).toMatchObject({ region: 'eu' })
    expect(matches[0]!.region).toBe('eu')
  })
})
