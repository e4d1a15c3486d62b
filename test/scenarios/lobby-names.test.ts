import { LIMITS } from '@tickwire/protocol'
import type { DirectMessage } from '@tickwire/sdk'
import { describe, expect, it } from 'vitest'
import { brawl, brawlRoom } from './brawl.ts'
import type { Brawl } from './brawl.ts'
import { SEAMS, useStepper } from './seams.ts'
import type { Stepper } from 'tickwire/testing'

const start = useStepper()

const refusal = (stepper: Stepper<Brawl>, promise: Promise<unknown>): Promise<unknown> =>
  stepper.until(promise.then(() => 'done').catch((error: { code?: string }) => error.code))

describe.each(SEAMS)('names, at the %s seam', (seam) => {
  it('[LOB6] stay with the link, over cuts and rooms, and are free when it ends', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const [ada, bob] = [stepper.addClient(), stepper.addClient()]
    expect(await stepper.until(ada.client.setAlias(' Ada'))).toBe('ada')
    expect(await refusal(stepper, bob.client.setAlias('ADA'))).toBe('alias-taken')
    ada.network.cut()
    await stepper.run(2)
    const room = await stepper.until(ada.client.joinOrCreate(brawl, { name: 'Ada' }))
    await stepper.until(ada.client.setStatus('fighting'))
    expect(await stepper.until(bob.client.find('Ada'))).toEqual({ alias: 'ada', status: 'fighting', roomId: room.id })
    await stepper.until(room.leave())
    expect(ada.client.alias).toBe('ada')
    expect(await stepper.until(bob.client.find('ada'))).toMatchObject({ roomId: null })
    await stepper.until(ada.client.close())
    await stepper.run(1)
    expect(ada.client.alias).toBeNull()
    expect(await refusal(stepper, bob.client.find('ada'))).toBe('not-found')
    expect(await stepper.until(bob.client.setAlias('ada'))).toBe('ada')
  })

  it('take messages, also over a cut, each once and in order', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam, impair: { latencyMs: 30 } })
    const [ada, bob] = [stepper.addClient(), stepper.addClient()]
    await stepper.until(ada.client.setAlias('ada'))
    await stepper.until(bob.client.setAlias('bob'))
    const heard: DirectMessage[] = []
    ada.client.onDirect((message) => void heard.push(message))
    for (let i = 0; i < 6; i++) {
      if (i % 2 === 0) ada.network.cut()
      await stepper.until(bob.client.sendTo('ada', `message ${i}`))
      await stepper.run(0.5)
    }
    await stepper.run(6)
    expect(heard).toEqual(Array.from({ length: 6 }, (_, i) => ({ from: 'bob', text: `message ${i}` })))
  })

  it('of who sends too much are refused for a while, and longer texts than maxDirectBytes are not sent', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam, limits: { directsPerSecond: 2 } })
    const [ada, bob] = [stepper.addClient(), stepper.addClient()]
    await stepper.until(ada.client.setAlias('ada'))
    await stepper.until(bob.client.setAlias('bob'))
    const answers = await stepper.until(
      Promise.all(Array.from({ length: 8 }, () => refusal(stepper, bob.client.sendTo('ada', 'buy gold')))),
    )
    expect(answers.filter((answer) => answer === 'done').length).toBe(4)
    expect(answers.filter((answer) => answer === 'rate-limited').length).toBe(4)
    await stepper.run(3)
    const longest = 'x'.repeat(LIMITS.maxDirectBytes)
    expect(await refusal(stepper, bob.client.sendTo('ada', longest))).toBe('done')
    await expect(bob.client.sendTo('ada', `${longest}x`)).rejects.toThrow(RangeError)
    const { counters } = stepper.front.stats
    expect(counters.requestsRefused).toBe(4)
  })

  it('are shown in parties as they change', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], seam })
    const [ada, bob] = [stepper.addClient(), stepper.addClient()]
    const party = await stepper.until(ada.client.createParty())
    await stepper.until(bob.client.joinParty(party.code))
    await stepper.until(bob.client.setAlias('bob'))
    await stepper.run(0.2)
    expect(party.members.map(({ alias }) => alias)).toEqual(['', 'bob'])
    await stepper.until(bob.client.setAlias(''))
    await stepper.run(0.2)
    expect(party.members.map(({ alias }) => alias)).toEqual(['', ''])
  })
})

describe('what a lobby takes', () => {
  it('parties up to maxParties and maxPartyMembers, by name and counted', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom], limits: { maxParties: 1, maxPartyMembers: 2 } })
    const [ada, bob, cy] = [stepper.addClient(), stepper.addClient(), stepper.addClient()]
    expect(await refusal(stepper, ada.client.createParty({ maxMembers: 3 }))).toBe('bad-size')
    expect(await refusal(stepper, ada.client.createParty({ maxMembers: 1 }))).toBe('bad-size')
    const party = await stepper.until(ada.client.createParty({ maxMembers: 2 }))
    expect(await refusal(stepper, ada.client.createParty({ maxMembers: 2 }))).toBe('already-in-party')
    expect(await refusal(stepper, bob.client.createParty({ maxMembers: 2 }))).toBe('too-many-parties')
    expect(stepper.front.stats.counters.partiesRefused).toBe(1)
    await stepper.until(bob.client.joinParty(party.code))
    expect(await refusal(stepper, cy.client.joinParty(party.code))).toBe('party-full')
  })

  it('codes of parties are not found by guessing', async () => {
    const stepper = start<Brawl>({ rooms: [brawlRoom] })
    const { client } = stepper.addClient()
    const answers = []
    for (let i = 0; i <= LIMITS.guessesPerMinute; i++) answers.push(await refusal(stepper, client.joinParty('222222')))
    expect(answers.slice(0, -1).every((answer) => answer === 'wrong-code')).toBe(true)
    expect(answers.at(-1)).toBe('too-many-guesses')
  })
})
