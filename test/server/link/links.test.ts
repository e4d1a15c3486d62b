import { describe, expect, it } from 'vitest'
import { CLOSE } from '@tickwire/protocol'
import type { SameUser } from '@tickwire/server'
import { claimOf, helloOf } from '../../hello.ts'
import { joinItem, settle, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'

describe('connections', () => {
  it('of a refused origin are closed with a reason that names origin and option', () => {
    const { connect, server, clock } = testServer()
    const client = connect({ origin: 'https://evil.example', originAllowed: false })
    expect(client.closed?.code).toBe(CLOSE['origin-refused'].code)
    expect(client.closed?.reason).toContain('https://evil.example')
    expect(client.closed?.reason).toContain('allowedOrigins')
    client.enter()
    expect(client.packets).toEqual([])
    expect(server.stats.counters.originRefused).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('of one address are limited, and come back when others have ended', () => {
    const { connect, server } = testServer({ limits: { maxLinksPerIp: 2 } })
    const clients = [connect(), connect(), connect()]
    expect(clients.map((client) => client.closed?.code)).toEqual([undefined, undefined, CLOSE['too-many-links'].code])
    expect(connect({ ip: '10.0.0.8' }).closed).toBeNull()
    clients[2]!.cut()
    clients[0]!.cut()
    expect(connect().closed).toBeNull()
    expect(server.stats.counters.tooManyLinks).toBe(1)
  })

  it('count with the links that wait for their clients, which may always come back', async () => {
    const { join, connect } = testServer({ limits: { maxLinksPerIp: 2 } })
    const first = await join()
    const second = await join()
    first.client.cut()
    second.client.cut()
    const stranger = connect()
    stranger.enter()
    await settle()
    expect(stranger.closed?.code).toBe(CLOSE['too-many-links'].code)
    stranger.cut()
    const again = connect()
    again.hello(first.client.claim(first.room))
    expect(again.welcome.seatResumed).toBe(true)
  })

  it('of one address may not come too fast, and are told to try later', () => {
    const { connect, server, clock } = testServer({ limits: { handshakesPerSecondPerIp: 5, rateBurstMs: 1000 } })
    const come = (ip = '10.0.0.7'): number | undefined => {
      const client = connect({ ip })
      const code = client.closed?.code
      client.cut()
      return code
    }
    const codes = Array.from({ length: 7 }, () => come())
    expect(codes.filter((code) => code === CLOSE['try-later'].code)).toHaveLength(2)
    expect(server.stats.counters.handshakesLimited).toBe(2)
    expect(come('10.0.0.8')).toBeUndefined()
    for (let i = 0; i < 20; i++) expect(come('127.0.0.1')).toBeUndefined()
    clock.advance(200)
    expect([come(), come()]).toEqual([undefined, CLOSE['try-later'].code])
  })

  it('of loopback are not limited: there it is a proxy or the developer', () => {
    const { connect } = testServer({ limits: { maxLinksPerIp: 2 } })
    for (let i = 0; i < 5; i++) expect(connect({ ip: '127.0.0.1' }).closed).toBeNull()
  })
})

describe('a user who comes a second time', () => {
  const authenticate = (ticket: string) => ({ id: ticket })

  function setup(sameUser?: SameUser) {
    const one = testServer({ authenticate, ...(sameUser !== undefined && { sameUser }) })
    const enter = async (user: string): Promise<TestClient> => {
      const client = one.connect()
      client.say(helloOf(user), client.item(joinItem()))
      await settle()
      return client
    }
    return { ...one, enter, seats: () => [...one.maker.rooms[0]!.seats.values()].map(({ userId }) => userId) }
  }

  it('plays twice, where nothing else was said', async () => {
    const { enter, seats } = setup()
    const clients = [await enter('ada'), await enter('ada')]
    expect(clients.map(({ closed }) => closed)).toEqual([null, null])
    expect(seats()).toEqual(['ada', 'ada'])
  })

  it('replaces itself: the first link ends, its seat is free, and its token opens nothing any more', async () => {
    const { enter, seats, connect, maker, server } = setup('replace')
    const [first, other] = [await enter('ada'), await enter('bob')]
    const second = await enter('ada')
    expect([first.closed?.code, other.closed, second.closed]).toEqual([CLOSE.replaced.code, null, null])
    expect(seats().toSorted()).toEqual(['ada', 'bob'])
    const thief = connect()
    thief.say(claimOf(first.claim(maker.rooms[0]!), 'eve'))
    await settle()
    expect(thief.welcome).toMatchObject({ resumed: false, userId: 'eve' })
    expect(server.stats.counters.takeovers).toBe(1)
  })

  it('replaces itself also while it is dropped: no second player stands about', async () => {
    const { enter, seats } = setup('replace')
    const first = await enter('ada')
    first.cut()
    await enter('ada')
    expect(seats()).toEqual(['ada'])
  })

  it('is refused while the first is online, and let in when that has dropped or left', async () => {
    const { enter, seats } = setup('refuse')
    const first = await enter('ada')
    expect((await enter('ada')).closed).toEqual({
      code: CLOSE['auth-failed'].code,
      reason: 'this user is connected already, perhaps in another tab',
    })
    expect([first.closed, seats()]).toEqual([null, ['ada']])
    first.cut()
    const second = await enter('ada')
    expect([second.closed, seats()]).toEqual([null, ['ada']])
    second.cut(CLOSE.left.code)
    expect((await enter('ada')).closed).toBeNull()
  })

  it.each(['replace', 'refuse'] as const)('is no second one when it comes back by its token (%s)', async (sameUser) => {
    const { enter, connect, maker } = setup(sameUser)
    const first = await enter('ada')
    const again = connect()
    again.hello(first.claim(maker.rooms[0]!))
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: true })
  })
})

describe('closing', () => {
  it('tells clients when to come back, ends links and rooms, and resolves when the peers have answered', async () => {
    const { join, connect, maker, server, clock } = testServer()
    const { client } = await join()
    const { client: away } = await join()
    away.cut()
    const stranger = connect()
    let isClosed = false
    const closing = server.close().then(() => (isClosed = true))
    expect(client.messages.at(-1)).toEqual({ type: 'goingAway', retryAfterMs: 1000, address: '' })
    expect([client.closed?.code, stranger.closed?.code]).toEqual([CLOSE['going-away'].code, CLOSE['going-away'].code])
    expect(maker.rooms[0]!.isDisposed).toBe(true)
    expect(maker.rooms[0]!.log.slice(-2)).toEqual(['leave 0 room-closed', 'leave 1 room-closed'])
    client.cut(4008)
    await settle()
    expect(isClosed).toBe(false)
    stranger.cut(4008)
    await closing
    expect(maker.isClosed).toBe(true)
    expect(server.stats).toMatchObject({ rooms: 0, linksOnline: 0, linksDropped: 0 })
    expect(clock.pending).toBe(0)
  })

  it('drops peers that do not answer', async () => {
    const { join, server, clock } = testServer()
    const { client } = await join()
    const closing = server.close()
    clock.advance(1000)
    await closing
    expect(client.isTerminated).toBe(true)
  })

  it('turns away whoever comes meanwhile', async () => {
    const { server, connect } = testServer()
    await server.close()
    expect(connect().closed?.code).toBe(CLOSE['going-away'].code)
  })
})
