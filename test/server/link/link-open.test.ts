import { describe, expect, it } from 'vitest'
import { CLOSE } from '@tickwire/protocol'
import { claimOf, helloOf } from '../../hello.ts'
import { joinItem, settle, testServer } from '../helpers.ts'
import type { User } from '../../../server/src/link/handshake.ts'

const joining = { type: 'reliable', seq: 1, item: joinItem() } as const

describe('a link that its client has named', () => {
  it('[HSK12] goes on when the welcome was cut off and the same hello comes again', async () => {
    const { connect, maker, server } = testServer()
    const hello = helloOf()
    const first = connect()
    first.say(hello, joining)
    await settle()
    first.cut()
    const again = connect()
    again.say(hello, joining)
    await settle()
    expect(again.welcome).toMatchObject({ linkId: hello.linkId, resumed: true, receivedSeq: 1 })
    expect(again.items.map(({ type }) => type)).toEqual(['joined'])
    expect([...maker.rooms[0]!.seats.keys()]).toEqual([0])
    expect(server.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
    again.say({ channel: 1, inputs: 5 })
    expect(maker.rooms[0]!.log.at(-1)).toBe('inputs 0: 5')
  })

  it('[HSK12] is taken over when the cut was not noticed yet', async () => {
    const { connect, server } = testServer()
    const hello = helloOf()
    const first = connect()
    first.say(hello, joining)
    const again = connect()
    again.say(hello, joining)
    await settle()
    expect(first.closed?.code).toBe(CLOSE.replaced.code)
    expect(server.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
  })

  it('[HSK12] is opened once by two hellos that wait for `authenticate` together', async () => {
    const answers: ((user: User) => void)[] = []
    const authenticate = (): Promise<User> => new Promise((resolve) => answers.push(resolve))
    const { connect, maker, server } = testServer({ authenticate })
    const hello = helloOf('ada')
    const clients = [connect(), connect()]
    for (const client of clients) client.say(hello, joining)
    for (const answer of answers) answer({ id: 'ada' })
    await settle()
    expect(clients[1]!.welcome.resumed).toBe(true)
    expect(maker.rooms[0]!.seats.size).toBe(1)
    expect(server.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
  })

  it("[HSK12] is nobody else's: its id with another token is refused, and it notices nothing", async () => {
    const { connect, server } = testServer()
    const hello = helloOf()
    const owner = connect()
    owner.say(hello, joining)
    await settle()
    const thief = connect()
    thief.say({ ...helloOf(), linkId: hello.linkId }, joining)
    await settle()
    expect(thief.closed).toEqual({ code: CLOSE['auth-failed'].code, reason: 'this link id is taken' })
    expect([thief.packets, owner.closed]).toEqual([[], null])
    expect(server.stats.counters.resumesRefused).toBe(1)
  })

  it('[HSK12] does not open to its first token any more once the client has spoken behind the welcome', async () => {
    const { connect } = testServer()
    const hello = helloOf()
    const owner = connect()
    owner.say(hello)
    owner.say({ type: 'ping', id: 1, channel: 0 })
    const [thief, claimer] = [connect(), connect()]
    thief.say(hello)
    claimer.say(claimOf({ ...hello, receivedSeq: 0, seat: null }))
    expect(thief.closed?.code).toBe(CLOSE['auth-failed'].code)
    expect(claimer.welcome.resumed).toBe(false)
    expect(owner.closed).toBeNull()
  })

  it.each(['linkId', 'token'] as const)('[HSK12] needs random bytes: zeros for its %s are an error', (name) => {
    const { connect, server } = testServer()
    const client = connect()
    client.say({ ...helloOf(), [name]: new Uint8Array(16) })
    expect(client.closed?.code).toBe(CLOSE['protocol-error'].code)
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0 })
  })

  it('[HSK4] gets another id from the server when a claim for it was refused', () => {
    const { connect } = testServer()
    const claim = { ...helloOf(), receivedSeq: 3, seat: null }
    const client = connect()
    client.say(claimOf(claim))
    expect(client.welcome.resumed).toBe(false)
    expect(client.welcome.linkId).not.toEqual(claim.linkId)
  })
})
