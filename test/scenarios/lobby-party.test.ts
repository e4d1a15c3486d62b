import type { JoinedRoom, Party, SeatOffer } from '@tickwire/sdk'
import { MemoryDirectory } from '@tickwire/server'
import type { Directory } from '@tickwire/server'
import { describe, expect, it } from 'vitest'
import { countingBytes } from '../server/helpers.ts'
import { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'
import { brawl, brawlRoom } from './brawl.ts'
import type { Brawl } from './brawl.ts'
import { SEAMS, useStepper } from './seams.ts'
import type { Stepper, StepperClient } from 'tickwire/testing'

const start = useStepper()

interface Friend {
  readonly end: StepperClient<Brawl>
  readonly party: Party
}

/** A party of so many, the leader first. */
async function gather(stepper: Stepper<Brawl>, count: number, maxMembers = 4): Promise<Friend[]> {
  const friends: Friend[] = []
  for (let i = 0; i < count; i++) {
    const end = stepper.addClient()
    const code = friends[0]?.party.code
    const asked = code === undefined ? end.client.createParty({ maxMembers }) : end.client.joinParty(code)
    friends.push({ end, party: await stepper.until(asked) })
  }
  return friends
}

const refusal = (stepper: Stepper<Brawl>, promise: Promise<unknown>): Promise<unknown> =>
  stepper.until(promise.then(() => 'done').catch((error: { code?: string }) => error.code))

async function allReady(stepper: Stepper<Brawl>, friends: readonly Friend[]): Promise<void> {
  for (const { party } of friends) await stepper.until(party.setReady())
  await stepper.run(0.2)
}

const idsOf = (party: Party): string[] => party.members.map(({ userId }) => userId)

describe.each(SEAMS)('parties, at the %s seam', (seam) => {
  it('[LOB3] meet by a code, however it is typed, and all know all of it', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const [ada, bob] = await gather(stepper, 2)
    const { code } = ada!.party
    expect(code).toMatch(/^[2-9A-HJKMNP-Z]{6}$/)
    const cy = stepper.addClient()
    const third = await stepper.until(cy.client.joinParty(` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)}`))
    await stepper.run(0.2)
    for (const party of [ada!.party, bob!.party, third]) expect(idsOf(party)).toEqual(idsOf(third))
    expect(third.members.map(({ leader }) => leader)).toEqual([true, false, false])
    expect(third.me.id).toBe(third.members[2]!.id)
    expect(await refusal(stepper, stepper.addClient().client.joinParty('222222'))).toBe('wrong-code')
  })

  it('are joined into one room as a whole, with join fields of their own', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const friends = await gather(stepper, 3)
    const seated: Promise<JoinedRoom<Brawl>>[] = []
    for (const [i, { party }] of friends.entries()) {
      party.onSeat(brawl, (offer) => void seated.push(offer.accept({ name: `friend ${i}` })))
    }
    expect(await refusal(stepper, friends[0]!.party.joinOrCreate(brawl, { name: 'leader' }))).toBe('not-ready')
    await allReady(stepper, friends)
    const leading = friends[0]!.party.joinOrCreate(brawl, { name: 'leader' }, { options: { map: 'ice', round: 3 } })
    const room = await stepper.until(leading)
    const others = await stepper.until(Promise.all(seated))
    expect(others.map(({ id }) => id)).toEqual([room.id, room.id])
    await stepper.run(0.5)
    for (const one of [room, ...others]) one.advance(() => ({}))
    expect([...room.players.values()].map(({ name }) => name).toSorted()).toEqual(['friend 1', 'friend 2', 'leader'])
    expect(room.options).toEqual({ map: 'ice', round: 3 })
    expect(friends[0]!.party.members.some(({ ready }) => ready)).toBe(false)
  })

  it('are in a room of their leader, who may give it away, whoever comes first', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const friends = await gather(stepper, 3)
    const ada = friends[0]!.end
    const seated: JoinedRoom<Brawl>[] = []
    for (const { party } of friends.slice(1)) {
      party.onSeat(brawl, (offer) => void offer.accept({ name: 'friend' }).then((room) => seated.push(room)))
    }
    await allReady(stepper, friends)
    // The answer is slow to reach the leader, and the offers are not.
    ada.network.set({ latencyMs: 500 })
    const leading = friends[0]!.party.create(brawl, { name: 'leader' })
    await stepper.runUntil(() => seated.length === 2, 5)
    const [first] = seated
    const advance = (): void => seated.forEach((room) => room.advance(() => ({})))
    await stepper.run(0.3, { each: advance })
    expect(seated.map(({ seat }) => seat)).toContain(first!.owner)
    const room = await stepper.until(leading)
    await stepper.run(1, { each: advance })
    expect(first!.owner).toBe(room.seat)
    await stepper.until(room.admin.transfer(first!.seat))
    await stepper.run(1, { each: advance })
    expect(first!.owner).toBe(first!.seat)
  })

  it('are seated nowhere when not all fit', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const full = await stepper.join(brawl, { name: 'a' })
    await stepper.join(brawl, { name: 'b' })
    const friends = await gather(stepper, 3)
    const offers: SeatOffer<Brawl>[] = []
    for (const { party } of friends) party.onSeat(brawl, (offer) => void offers.push(offer))
    await allReady(stepper, friends)
    expect(await refusal(stepper, friends[0]!.party.joinById(brawl, full.id, { name: 'c' }))).toBe('room-full')
    await stepper.run(0.5)
    expect(offers).toEqual([])
    // Not one of the seats was kept: two strangers fit still.
    for (let i = 0; i < 2; i++) {
      const late = stepper.addClient()
      expect((await stepper.until(late.client.joinById(brawl, full.id, { name: 'd' }))).id).toBe(full.id)
    }
  })

  it('[LOB4] a seat that is declined, or that nobody listens for, is free again', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const friends = await gather(stepper, 3)
    const declined: Promise<void>[] = []
    friends[1]!.party.onSeat(brawl, (offer) => void declined.push(offer.decline()))
    await allReady(stepper, friends)
    const room = await stepper.until(friends[0]!.party.create(brawl, { name: 'leader' }))
    await stepper.run(0.5)
    await stepper.until(Promise.all(declined))
    const strangers = [0, 1, 2].map(() => stepper.addClient().client.joinById(brawl, room.id, { name: 's' }))
    for (const joined of await stepper.until(Promise.all(strangers))) expect(joined.id).toBe(room.id)
  })

  it('survive a cut, and what happened meanwhile is told', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const [ada, bob] = await gather(stepper, 2)
    bob!.end.network.cut()
    await stepper.until(ada!.party.setReady())
    const cy = stepper.addClient()
    await stepper.until(cy.client.joinParty(ada!.party.code))
    await stepper.run(3)
    expect(bob!.end.client.connection.phase).toBe('online')
    expect(bob!.party.ended).toBeNull()
    expect(bob!.party.members.length).toBe(3)
    expect(bob!.end.client.party).toBe(bob!.party)
  })

  it('pass on to who has been there longest when the leader leaves, and end with the last', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const [ada, bob, cy] = await gather(stepper, 3)
    await stepper.until(ada!.party.leave())
    await stepper.run(0.2)
    expect(ada!.party.ended).toBe('left')
    expect(ada!.end.client.party).toBeNull()
    expect(bob!.party.me.leader).toBe(true)
    await stepper.until(bob!.party.promote(cy!.party.me))
    await stepper.run(0.2)
    expect(await refusal(stepper, bob!.party.kick(cy!.party.me))).toBe('not-leader')
    await stepper.until(cy!.party.kick(bob!.party.me))
    await stepper.run(0.2)
    expect(bob!.party.ended).toBe('kicked')
    const { code } = cy!.party
    await stepper.until(cy!.end.client.close())
    await stepper.run(1)
    expect(await refusal(stepper, ada!.end.client.joinParty(code))).toBe('wrong-code')
  })

  it('lose whose link ends for good, together with the seat that it was offered', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const friends = await gather(stepper, 2)
    friends[1]!.party.onSeat(brawl, () => undefined)
    await allReady(stepper, friends)
    const room = await stepper.until(friends[0]!.party.create(brawl, { name: 'leader' }))
    friends[1]!.end.network.stall(Infinity)
    await stepper.run(45)
    expect(friends[0]!.party.members.length).toBe(1)
    const strangers = [0, 1, 2].map(() => stepper.addClient().client.joinById(brawl, room.id, { name: 's' }))
    expect((await stepper.until(Promise.all(strangers))).length).toBe(3)
  })
})

describe('parties', () => {
  it('are there again for a page that was reloaded', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom] })
    const [ada, bob] = await gather(stepper, 2)
    await stepper.until(ada!.end.client.joinOrCreate(brawl, { name: 'Ada' }))
    await stepper.run(0.2)
    ada!.end.network.stall(Infinity)
    const again = stepper.addClient({ storage: ada!.end.storage })
    expect(await stepper.until(again.client.resume(brawl))).not.toBeNull()
    await stepper.run(0.2)
    expect(again.client.party?.code).toBe(bob!.party.code)
    expect(again.client.party?.me.leader).toBe(true)
    expect(bob!.party.members.length).toBe(2)
  })

  it('are taken to another server together, where the room is, and are over then', async () => {
    const far = new MemoryDirectory({ clock: new FakeClock(), randomBytes: countingBytes(), reservationMs: 20_000 })
    const directory: Directory = {
      names: far.names,
      reserve: async (...ask) => {
        const answer = await far.reserve(...ask)
        if (answer.kind !== 'local') return answer
        return { kind: 'redirect', url, reservation: answer.reservation, seats: answer.seats }
      },
      confirm: async () => undefined,
      release: async () => undefined,
      register: async () => undefined,
      report: async () => undefined,
      unregister: async () => undefined,
      list: (...ask) => far.list(...ask),
      watch: (...ask) => far.watch(...ask),
    }
    const stepper = start<Brawl>({ rooms: [brawlRoom], directory })
    const url = stepper.addServer({ rooms: [brawlRoom], directory: far })
    const friends = await gather(stepper, 2)
    const seated: Promise<JoinedRoom<Brawl>>[] = []
    friends[1]!.party.onSeat(brawl, (offer) => void seated.push(offer.accept({ name: 'Bob' })))
    await allReady(stepper, friends)
    const room = await stepper.until(friends[0]!.party.create(brawl, { name: 'Ada' }))
    expect((await stepper.until(seated[0]!)).id).toBe(room.id)
    expect(friends.map(({ party }) => party.ended)).toEqual(['link-lost', 'link-lost'])
  })

  it('end for who has a new link, which is told so', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom] })
    const [ada] = await gather(stepper, 1)
    await stepper.until(ada!.end.client.close())
    await stepper.run(0.5)
    expect(ada!.party.ended).toBe('link-lost')
    expect(ada!.end.client.party).toBeNull()
  })
})
