import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CLOSE, ConfigError } from '@tickwire/protocol'
import { createTicket, hmacTickets } from '@tickwire/server'
import type { HmacTicketOptions, Peer, TicketOptions, User } from '@tickwire/server'
import { helloOf } from '../../hello.ts'
import { joinItem, settle, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'

const secret = 'a secret of at least thirty-two bytes'
const peer: Peer = { ip: '10.0.0.7', origin: null, originAllowed: true }

/** A backend and a server that share a secret and a clock. */
function setup(changes: Partial<HmacTicketOptions> = {}) {
  const time = { ms: 1_800_000_000_000 }
  const wallClockMs = (): number => time.ms
  const authenticate = hmacTickets({ secret, game: 'pong', wallClockMs, ...changes })
  const ticket = (more: Partial<TicketOptions> = {}): string =>
    createTicket({ secret, game: 'pong', user: 'ada', wallClockMs, ...more })
  const check = async (text: string): Promise<User> => authenticate(text, peer)
  return { time, authenticate, ticket, check }
}

const refusedAs = (code: string) => ({ name: 'RefusedError', code })

describe('a signed ticket', () => {
  it('tells who its bearer is, and what it opens', async () => {
    const { ticket, check } = setup()
    expect(await check(ticket())).toEqual({ id: 'ada', game: 'pong' })
    expect(await check(ticket({ user: 'Zoë', room: 'lounge' }))).toEqual({ id: 'Zoë', game: 'pong', room: 'lounge' })
  })

  it('fits into a handshake with names as long as names may be', () => {
    const { ticket } = setup()
    const long = 'x'.repeat(64)
    expect(ticket({ user: long, room: long, game: long }).length).toBeLessThan(400)
  })

  it('that was forged in any bit is none', async () => {
    const { ticket, check } = setup()
    const bytes = Buffer.from(ticket(), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes)
      forged[bit >> 3]! ^= 1 << (bit & 7)
      await expect(check(forged.toString('base64url'))).rejects.toMatchObject(refusedAs('ticket-invalid'))
    }
  })

  it('that was truncated, lengthened or garbled is none', async () => {
    const { ticket, check } = setup()
    const text = ticket()
    for (let length = 1; length < text.length; length++) {
      await expect(check(text.slice(0, length))).rejects.toMatchObject(refusedAs('ticket-invalid'))
    }
    for (const other of [`${text}A`, `${text}=`, ` ${text}`, `${text}.`, 'null', '{}', '\0', '💥']) {
      await expect(check(other)).rejects.toMatchObject(refusedAs('ticket-invalid'))
    }
  })

  it('of another secret, or signed for another purpose with the same one, is none', async () => {
    const { ticket, check } = setup()
    await expect(check(ticket({ secret: 'x'.repeat(32) }))).rejects.toMatchObject(refusedAs('ticket-invalid'))
    const body = Buffer.from(ticket(), 'base64url').subarray(0, -32)
    const elsewhere = Buffer.concat([body, createHmac('sha256', secret).update(body).digest()])
    await expect(check(elsewhere.toString('base64url'))).rejects.toMatchObject(refusedAs('ticket-invalid'))
  })

  it('that is missing is asked for by its option', async () => {
    const { check } = setup()
    await expect(check('')).rejects.toThrow(/createClient\(url, \{ ticket \}\)/)
  })

  it('ends with its time, to the second', async () => {
    const { time, ticket, check } = setup()
    const [early, late] = [ticket({ lifetimeSeconds: 30 }), ticket({ lifetimeSeconds: 30 })]
    time.ms += 29_999
    expect(await check(early)).toMatchObject({ id: 'ada' })
    time.ms += 1
    await expect(check(late)).rejects.toMatchObject(refusedAs('ticket-expired'))
  })

  it('opens once: a copy of it opens nothing, and does not when much time has passed either', async () => {
    const { time, ticket, check } = setup()
    const text = ticket({ lifetimeSeconds: 600 })
    await check(text)
    for (let i = 0; i < 60; i++) {
      await expect(check(text)).rejects.toMatchObject(refusedAs('ticket-replayed'))
      time.ms += 9999
    }
    time.ms += 100_000
    await expect(check(text)).rejects.toMatchObject(refusedAs('ticket-expired'))
  })

  it('opens once also when it comes twice at the same time', async () => {
    const { ticket, check } = setup()
    const text = ticket()
    const both = await Promise.allSettled([check(text), check(text)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('that was refused for another reason is not used up', async () => {
    const { time, ticket, check } = setup({ maxLifetimeSeconds: 100 })
    const text = ticket({ lifetimeSeconds: 150 })
    await expect(check(text)).rejects.toMatchObject(refusedAs('ticket-too-long'))
    time.ms += 60_000
    expect(await check(text)).toMatchObject({ id: 'ada' })
  })

  it('for another game opens nothing; a server may have several', async () => {
    const { ticket, check } = setup({ game: ['pong', 'chess'] })
    expect(await check(ticket({ game: 'chess' }))).toMatchObject({ game: 'chess' })
    await expect(check(ticket({ game: 'arena' }))).rejects.toMatchObject(refusedAs('ticket-wrong-game'))
  })

  it('of the old secret opens while the new one takes over', async () => {
    const next = new Uint8Array(32).fill(7)
    const { ticket, check } = setup({ secret: [next, secret] })
    expect(await check(ticket())).toMatchObject({ id: 'ada' })
    expect(await check(ticket({ secret: next }))).toMatchObject({ id: 'ada' })
  })

  it('is remembered by a guard that servers share', async () => {
    const used = new Set<string>()
    const replayGuard = { claim: async (nonce: string) => !used.has(nonce) && used.add(nonce).size > 0 }
    const [one, two] = [setup({ replayGuard }), setup({ replayGuard })]
    const text = one.ticket()
    await one.check(text)
    await expect(two.check(text)).rejects.toMatchObject(refusedAs('ticket-replayed'))
  })

  it.each([
    ['a short secret', () => hmacTickets({ secret: 'short', game: 'pong' })],
    ['no secret', () => hmacTickets({ secret: [], game: 'pong' })],
    ['a short secret at the backend', () => createTicket({ secret: 'short', game: 'pong', user: 'ada' })],
    ['no time at all', () => createTicket({ secret, game: 'pong', user: 'ada', lifetimeSeconds: 0 })],
  ])('%s is a mistake that is told at once, without the secret', (_, make) => {
    expect(make).toThrow(ConfigError)
    expect(make).not.toThrow(/short"/)
  })
})

describe('a server that asks for tickets', () => {
  const { authenticate, ticket } = setup()
  const enter = async (client: TestClient, text: string, join: Parameters<typeof joinItem>[0] = {}): Promise<void> => {
    client.say(helloOf(text), client.item(joinItem(join)))
    await settle()
  }

  it('gives nobody a seat without one, and counts that', async () => {
    const { connect, server } = testServer({ authenticate })
    const client = connect()
    await enter(client, '')
    expect(client.closed?.code).toBe(CLOSE['auth-failed'].code)
    expect(server.stats).toMatchObject({ rooms: 0, linksOnline: 0 })
    expect(server.stats.counters.authFailures).toBe(1)
  })

  it('lets the ticket of a room into that room and no other', async () => {
    const { connect } = testServer({ authenticate })
    const answerTo = async (join: Parameters<typeof joinItem>[0]) => {
      const client = connect()
      await enter(client, ticket({ room: 'lounge' }), join)
      return client.items.at(-1)
    }
    expect(await answerTo({ room: 'lounge' })).toMatchObject({ type: 'joined' })
    for (const join of [{}, { room: 'cellar' }, { verb: 'create' }, { verb: 'joinById', room: 'x' }] as const) {
      expect(await answerTo(join)).toMatchObject({ type: 'joinRefused', code: 'wrong-room' })
    }
  })

  it('refuses the join of a game that the user is not let in for', async () => {
    const { connect } = testServer({ authenticate: () => ({ id: 'ada', game: 'chess' }) })
    const client = connect()
    await enter(client, '')
    expect(client.items.at(-1)).toMatchObject({ type: 'joinRefused', code: 'wrong-game' })
  })

  it.each([{ game: 5 }, { room: null }])('takes no bound of a wrong type for none: %j', async (bound) => {
    const { connect } = testServer({ authenticate: () => ({ id: 'ada', ...bound }) as unknown as User })
    const client = connect()
    await enter(client, '')
    expect(client.closed?.code).toBe(CLOSE['auth-failed'].code)
  })

  it('takes a link back by its token although its ticket is used', async () => {
    const { connect, maker } = testServer({ authenticate })
    const client = connect()
    await enter(client, ticket())
    client.cut()
    const again = connect()
    again.hello(client.claim(maker.rooms[0]!))
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: true, userId: 'ada' })
  })
})
