import { LIMITS } from '@tickwire/protocol'
import { lobbyCodec } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { Counters } from '../../../server/src/counters.ts'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import { serverLimits } from '../../../server/src/limits.ts'
import type { LobbyClient } from '../../../server/src/lobby/lobby.ts'
import { PresenceDesk } from '../../../server/src/lobby/presence.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { delayed } from '../directory/delayed.ts'
import { countingBytes } from '../helpers.ts'

interface Person extends LobbyClient {
  readonly heard: object[]
  seated: LobbyClient['seated']
}

function person(id: string): Person {
  const heard: object[] = []
  return {
    user: { id },
    ip: '10.0.0.1',
    seated: null,
    heard,
    tell({ message, payload }) {
      const name = lobbyCodec.messageNames[message]!
      heard.push(lobbyCodec.decodePayload(lobbyCodec.schema.messages[name]!.toClient!, payload))
    },
  }
}

/** A desk whose directory answers late, in any order. */
function createDesk(seed: number, maxBlockedUsers = 4) {
  const memory = new MemoryDirectory({ clock: new FakeClock(), randomBytes: countingBytes(), reservationMs: 1000 })
  const counters = new Counters()
  const errors: unknown[] = []
  const reportError = (_where: string, error: unknown): void => void errors.push(error)
  const clock = new FakeClock()
  const limits = { ...serverLimits(), maxBlockedUsers }
  const desk = new PresenceDesk({ names: delayed(memory, seed).names, clock, counters, limits, reportError })
  return { desk, clock, counters, errors, handlers: desk.feature.handlers, names: memory.names }
}

const codeOf = async (act: () => unknown): Promise<string> => {
  try {
    await act()
    return 'done'
  } catch (error) {
    return (error as { code: string }).code
  }
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 30; turns++) await new Promise((resolve) => void setImmediate(resolve))
}

describe.each([1, 2, 3, 4, 5])('presence, with a directory that is late (seed %i)', (seed) => {
  it('[LOB6] gives a name to one of those who ask for it at once', async () => {
    const { handlers, counters } = createDesk(seed)
    const people = Array.from({ length: 8 }, (_, i) => person(`u${i}`))
    const answers = await Promise.all(people.map((one) => codeOf(() => handlers.setAlias!(one, { alias: ' Ada' }))))
    expect(answers.filter((answer) => answer === 'done').length).toBe(1)
    expect(answers.filter((answer) => answer === 'alias-taken').length).toBe(7)
    expect(counters.get('aliasesRefused')).toBe(7)
  })

  it('[LOB6] leaves a client with the last name that it asked for, and the others free', async () => {
    const { handlers, desk, names } = createDesk(seed)
    const ada = person('ada')
    await Promise.all(['ada', 'adah', 'adele'].map((alias) => codeOf(() => handlers.setAlias!(ada, { alias }))))
    expect(desk.aliasOf(ada)).toBe('adele')
    expect([await names.find('ada'), await names.find('adah')]).toEqual([null, null])
  })

  it('frees the name of who goes, also while it is being claimed', async () => {
    const { handlers, desk, names, errors } = createDesk(seed)
    const [ada, bob] = [person('ada'), person('bob')]
    await handlers.setAlias!(ada, { alias: 'ada' })
    const claiming = codeOf(() => handlers.setAlias!(bob, { alias: 'bob' }))
    desk.feature.clientGone!(ada)
    desk.feature.clientGone!(bob)
    await claiming
    await settle()
    expect([await names.find('ada'), await names.find('bob')]).toEqual([null, null])
    expect(errors).toEqual([])
  })

  it('takes messages to who has a name, from who has one, unless the sender is blocked', async () => {
    const { handlers, counters } = createDesk(seed)
    const [ada, bob] = [person('ada'), person('bob')]
    await handlers.setAlias!(ada, { alias: 'ada' })
    expect(await codeOf(() => handlers.sendTo!(bob, { alias: 'ada', text: 'hi' }))).toBe('no-alias')
    await handlers.setAlias!(bob, { alias: 'bob' })
    expect(await codeOf(() => handlers.sendTo!(bob, { alias: 'ADA', text: 'hi' }))).toBe('done')
    expect(ada.heard).toEqual([{ from: 'bob', text: 'hi' }])
    await handlers.block!(ada, { alias: 'bob', blocked: true })
    // A new name makes no new person, and whoever is blocked does not learn it.
    await handlers.setAlias!(bob, { alias: 'robert' })
    expect(await codeOf(() => handlers.sendTo!(bob, { alias: 'ada', text: 'again' }))).toBe('done')
    expect(ada.heard.length).toBe(1)
    expect([counters.get('directs'), counters.get('directsBlocked')]).toEqual([2, 1])
    await handlers.block!(ada, { alias: 'robert', blocked: false })
    await handlers.sendTo!(bob, { alias: 'ada', text: 'friends' })
    expect(ada.heard.length).toBe(2)
  })
})

describe('presence', () => {
  it('blocks as many as maxBlockedUsers, and says so', async () => {
    const { handlers } = createDesk(1, 2)
    const ada = person('ada')
    const others = ['bob', 'cy', 'dan']
    for (const alias of others) await handlers.setAlias!(person(alias), { alias })
    const answers = []
    for (const alias of others) answers.push(await codeOf(() => handlers.block!(ada, { alias, blocked: true })))
    expect(answers).toEqual(['done', 'done', 'too-many-blocked'])
    expect(await codeOf(() => handlers.block!(ada, { alias: 'nobody', blocked: true }))).toBe('not-found')
  })

  it('hears no more than directsHeardPerSecond, however many send', async () => {
    const { handlers, counters, clock } = createDesk(1)
    const ada = person('ada')
    await handlers.setAlias!(ada, { alias: 'ada' })
    const senders = Array.from({ length: 20 }, (_, i) => person(`u${i}`))
    for (const [i, one] of senders.entries()) await handlers.setAlias!(one, { alias: `sender${i}` })
    for (const one of senders) await handlers.sendTo!(one, { alias: 'ada', text: 'hi' })
    const burst = (LIMITS.directsHeardPerSecond * LIMITS.rateBurstMs) / 1000
    expect([ada.heard.length, counters.get('directsDropped')]).toEqual([burst, 20 - burst])
    clock.advance(1000)
    for (const one of senders) await handlers.sendTo!(one, { alias: 'ada', text: 'again' })
    expect(ada.heard.length).toBe(burst + LIMITS.directsHeardPerSecond)
    // All that may come while a client is away fits into what is kept for it.
    const mostBytes = (LIMITS.maxDirectBytes + LIMITS.maxAliasBytes + 16) * LIMITS.directsHeardPerSecond
    expect(mostBytes * (LIMITS.resumeWindowMs + LIMITS.rateBurstMs)).toBeLessThan(LIMITS.reliableBufferBytes * 1000)
  })

  it('tells where somebody plays only if that room is in lists', async () => {
    const { handlers } = createDesk(1)
    const ada = person('ada')
    await handlers.setAlias!(ada, { alias: 'ada' })
    void handlers.setStatus!(ada, { status: 'in a fight' })
    const sitIn = (isListed: boolean): void => {
      ada.seated = { room: { id: 'r1', terms: { isListed } }, seat: 0 } as unknown as LobbyClient['seated']
    }
    sitIn(true)
    expect(await handlers.find!(ada, { alias: 'ada' })).toEqual({ alias: 'ada', status: 'in a fight', room: 'r1' })
    sitIn(false)
    expect(await handlers.find!(ada, { alias: 'Ada' })).toMatchObject({ room: '' })
  })

  it('refuses what is no alias before anybody is asked', async () => {
    const { handlers } = createDesk(1)
    const ada = person('ada')
    for (const alias of ['x', 'a b', '\u0430da', 'a'.repeat(LIMITS.maxAliasBytes + 1)]) {
      expect(await codeOf(() => handlers.setAlias!(ada, { alias }))).toBe('bad-alias')
      expect(await codeOf(() => handlers.find!(ada, { alias }))).toBe('bad-alias')
    }
  })
})
