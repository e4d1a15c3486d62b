import { describe, expect, it } from 'vitest'
import { CLOSE, PROTOCOL_VERSION, RefusedError } from '@tickwire/protocol'
import { BitWriter, CLIENT_MESSAGE, writeMessage } from '@tickwire/protocol/internal'
import { helloOf } from '../../hello.ts'
import type { User } from '../../../server/src/link/handshake.ts'
import { hex } from '../../../server/src/secrets.ts'
import { joinItem, packetOf, settle, testServer } from '../helpers.ts'

const hello = helloOf()

/** A hello of another version, whose rest nobody knows. */
function helloOfVersion(version: number): Uint8Array {
  const body = new BitWriter()
  for (const letter of 'TKWR') body.bits(letter.charCodeAt(0), 8)
  body.varuint(version, 7)
  body.bits(0xabcdef, 32)
  const packet = new BitWriter()
  writeMessage(packet, CLIENT_MESSAGE.hello, body.toBytes(), true)
  return packet.toBytes()
}

describe('a handshake', () => {
  it('[HSK3] is answered with a welcome first, in the turn of the hello', () => {
    const { connect } = testServer()
    const client = connect()
    client.hello()
    expect(client.packets).toHaveLength(1)
    expect(client.welcome).toMatchObject({ resumed: false, seatResumed: false, receivedSeq: 0, resumeWindowMs: 20_000 })
    expect(client.welcome.userId).toMatch(/^anonymous-[0-9a-f]{16}$/)
  })

  it('gives every link an id, a token and an anonymous user of its own', () => {
    const { connect } = testServer()
    const clients = [connect(), connect()]
    for (const client of clients) client.hello()
    const seen = clients.flatMap(({ welcome: { linkId, token, userId } }) => [hex(linkId), hex(token), userId])
    expect(new Set(seen).size).toBe(6)
  })

  it('[HSK1] takes a join in the same packet: no second round trip', async () => {
    const { connect, maker } = testServer()
    const client = connect()
    client.enter()
    await settle()
    expect(client.messages.map(({ type }) => type)).toEqual(['welcome', 'reliableAck', 'reliable'])
    expect(client.items).toEqual([
      {
        type: 'joined',
        channel: 1,
        roomId: maker.rooms[0]!.id,
        epoch: expect.any(Number),
        seat: 0,
        tick: 100,
        simulationSeed: 7,
      },
    ])
  })

  it('[HSK1] is ended when no hello comes in time', () => {
    const { connect, clock, server } = testServer()
    const client = connect()
    clock.advance(4999)
    expect(client.closed).toBeNull()
    clock.advance(1)
    expect(client.closed?.code).toBe(CLOSE['handshake-timeout'].code)
    expect(clock.pending).toBe(0)
    expect(server.stats.counters.handshakeTimeouts).toBe(1)
  })

  it('[HSK1] begins with a hello, which comes once', () => {
    const { connect } = testServer()
    const early = connect()
    early.say({ type: 'ping', id: 1, channel: 0 })
    expect(early.closed?.reason).toMatch(/first message: expected a hello, got ping/)
    const twice = connect()
    twice.hello(null, hello)
    expect(twice.closed).toMatchObject({ code: CLOSE['protocol-error'].code })
  })

  it('[HSK2] of another version is closed with both versions named', () => {
    const { connect, server } = testServer()
    const client = connect()
    client.raw(helloOfVersion(9))
    expect(client.closed).toEqual({
      code: CLOSE['version-mismatch'].code,
      reason: `the page speaks protocol version 9, the server ${PROTOCOL_VERSION}`,
    })
    expect(server.stats.counters.versionMismatches).toBe(1)
  })

  it('[LOB1] with another lobby is closed as version-mismatch, which says what differs', () => {
    const { connect } = testServer()
    const client = connect()
    client.say({ ...helloOf(), lobby: 1 })
    expect(client.closed).toEqual({
      code: CLOSE['version-mismatch'].code,
      reason: 'the lobby of the page differs from that of the server; reload the page',
    })
  })
})

describe('authenticate', () => {
  const asked: string[] = []
  const byTicket = async (ticket: string): Promise<User> => {
    asked.push(ticket)
    if (ticket === 'bad') throw new RefusedError('ticket-expired', 'get a new one')
    if (ticket === 'bug') throw new Error('database password is 1234')
    return { id: ticket }
  }

  it('gives the link its user, and the room hears of it', async () => {
    const { connect, maker } = testServer({ authenticate: byTicket })
    const client = connect()
    client.say({ ...hello, ticket: 'ada' }, client.item(joinItem()))
    await settle()
    expect(client.welcome.userId).toBe('ada')
    expect(maker.rooms[0]!.seats.get(0)?.userId).toBe('ada')
  })

  it('keeps what came behind the hello until it has answered', async () => {
    let answer: (user: User) => void = () => {}
    const { connect, maker } = testServer({ authenticate: () => new Promise((resolve) => (answer = resolve)) })
    const client = connect()
    client.enter({ channel: 5 })
    await settle()
    expect(client.packets).toEqual([])
    answer({ id: 'ada' })
    await settle()
    expect(client.items.at(-1)).toMatchObject({ type: 'joined', channel: 5 })
    expect(maker.rooms).toHaveLength(1)
  })

  it('refuses with auth-failed and the code of the refusal', async () => {
    const { connect, server } = testServer({ authenticate: byTicket })
    const client = connect()
    client.say({ ...hello, ticket: 'bad' })
    await settle()
    expect(client.closed).toEqual({ code: CLOSE['auth-failed'].code, reason: 'ticket-expired: get a new one' })
    expect(server.stats.counters.authFailures).toBe(1)
  })

  it('does not tell the client what went wrong inside, but the log', async () => {
    const { connect, lines } = testServer({ authenticate: byTicket })
    const client = connect()
    client.say({ ...hello, ticket: 'bug' })
    await settle()
    expect(client.closed?.code).toBe(CLOSE['auth-failed'].code)
    expect(client.closed?.reason).not.toContain('1234')
    expect(lines.join('\n')).toContain('database password is 1234')
  })

  it.each([null, {}, { id: '' }, { id: 5 }, { id: 'x'.repeat(65) }])(
    'must give an id, and %j is none',
    async (user) => {
      const { connect, lines } = testServer({ authenticate: () => user as User })
      const client = connect()
      client.hello()
      await settle()
      expect(client.closed?.code).toBe(CLOSE['auth-failed'].code)
      expect(lines.join('\n')).toContain('authenticate: expected { id }')
    },
  )

  it('has a time limit of its own', async () => {
    const { connect, clock } = testServer({ authenticate: () => new Promise(() => {}), limits: { joinTimeoutMs: 700 } })
    const client = connect()
    client.hello()
    clock.advance(699)
    await settle()
    expect(client.closed).toBeNull()
    clock.advance(1)
    await settle()
    expect(client.closed?.code).toBe(CLOSE['handshake-timeout'].code)
    expect(clock.pending).toBe(0)
  })

  it('allows no packet meanwhile: a client has nothing to say before the welcome', () => {
    const { connect } = testServer({ authenticate: () => new Promise(() => {}) })
    const client = connect()
    client.hello()
    client.say({ type: 'ping', id: 1, channel: 0 })
    expect(client.closed?.reason).toContain('none between hello and welcome')
  })

  it('makes no link for a connection that is gone by then', async () => {
    let answer: (user: User) => void = () => {}
    const { connect, server, clock } = testServer({ authenticate: () => new Promise((resolve) => (answer = resolve)) })
    const client = connect()
    client.enter()
    client.cut()
    answer({ id: 'ada' })
    await settle()
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0, rooms: 0 })
    expect(clock.pending).toBe(0)
  })

  it('is asked by so many at once and no more', async () => {
    const answers: ((user: User) => void)[] = []
    const authenticate = (): Promise<User> => new Promise((resolve) => answers.push(resolve))
    const { connect } = testServer({ authenticate, limits: { maxPendingJoins: 2 } })
    const clients = [connect(), connect(), connect()]
    for (const client of clients) client.hello()
    expect(clients.map((client) => client.closed?.code)).toEqual([undefined, undefined, CLOSE['try-later'].code])
    answers[0]!({ id: 'ada' })
    await settle()
    const late = connect()
    late.hello()
    expect(late.closed).toBeNull()
  })

  it('is not asked again for a link that proves itself by its token', async () => {
    asked.length = 0
    const { connect } = testServer({ authenticate: byTicket })
    const client = connect()
    client.say({ ...hello, ticket: 'ada' })
    await settle()
    client.cut()
    const again = connect()
    again.hello(client.claim(null))
    expect(again.welcome).toMatchObject({ resumed: true, userId: 'ada' })
    expect(asked).toEqual(['ada'])
  })
})

it('[PKT4] a packet of hello and nonsense opens nothing', () => {
  const { connect, server } = testServer()
  const client = connect()
  client.raw(Uint8Array.of(...packetOf(hello, { type: 'ping', id: 1, channel: 0 }), 1, 2, 3))
  expect(client.closed?.code).toBe(CLOSE['protocol-error'].code)
  expect(server.stats.linksOnline).toBe(0)
})
