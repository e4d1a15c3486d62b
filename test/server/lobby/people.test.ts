import { defineGame, defineSimulation, field, LIMITS } from '@tickwire/protocol'
import { listingHash, LOBBY, lobbyCodec, NO_WISH, queueHash } from '@tickwire/protocol/internal'
import type { LobbyRequest, LobbyTypes } from '@tickwire/protocol/internal'
import { defineQueue, hostQueue } from '@tickwire/server'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import type { AnyRoomType } from '../../../server/src/room/ports.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { delayed } from '../directory/delayed.ts'
import { countingBytes, settle, testServer } from '../helpers.ts'
import type { TestClient, TestServer } from '../helpers.ts'

const schema = defineGame({
  name: 'pong',
  tickRateHz: 50,
  queues: {
    duel: { maps: field.list(field.uint({ max: 3 }), { maxItems: 3 }) },
    shy: { clan: field.uint({ max: 3 }) },
  },
})
const game = defineSimulation(schema, () => {})
const room: AnyRoomType = { game, definition: { maxPlayers: 4, resumeWindowMs: 5000 } }
const duel = hostQueue(game, {
  queue: defineQueue({
    name: 'duel',
    teams: { count: 2, min: 1, max: 2 },
    attributes: { maps: 'intersect' },
    accept: { timeoutMs: 2000 },
  }),
  room,
})

/** Nobody of one clan meets another of it. */
const shy = hostQueue(game, {
  queue: defineQueue({ name: 'shy', teams: { count: 2, min: 1, max: 1 }, attributes: { clan: 'differ' } }),
  room,
})

type Asks = { [R in LobbyRequest]: LobbyTypes['requests'][R]['ask'] }

/** One who asks by its own bytes. */
class Asker {
  readonly client: TestClient
  private lastId = 0

  constructor(server: TestServer) {
    this.client = server.connect()
    this.client.hello()
  }

  ask<R extends LobbyRequest>(name: R, ask: Asks[R]): number {
    return this.askBytes(name, lobbyCodec.encodePayload(LOBBY.requests[name]!.ask, ask, name))
  }

  askBytes(name: LobbyRequest, payload: Uint8Array): number {
    const id = ++this.lastId
    const request = lobbyCodec.requestNames.indexOf(name)
    this.client.say(this.client.item({ type: 'request', channel: 0, id, request, payload }))
    return id
  }

  /** What was answered: the code of a refusal, or the reply. */
  answer(name: LobbyRequest, id: number): unknown {
    const item = this.client.items.find((one) => (one.type === 'reply' || one.type === 'refusal') && one.id === id)
    if (item?.type === 'refusal') return item.code
    return item?.type === 'reply' ? lobbyCodec.decodePayload(LOBBY.requests[name]!.reply, item.payload) : 'nothing'
  }

  told<M extends keyof LobbyTypes['messages']>(name: M): LobbyTypes['messages'][M]['toClient'][] {
    return this.client.items.flatMap((item) => {
      if (item.type !== 'message' || lobbyCodec.messageNames[item.message] !== name) return []
      const fields = LOBBY.messages[name as string]!.toClient!
      return [lobbyCodec.decodePayload(fields, item.payload) as LobbyTypes['messages'][M]['toClient']]
    })
  }
}

async function settleAll(turnsAtMost = 20): Promise<void> {
  for (let turns = 0; turns < turnsAtMost; turns++) await settle()
}

function stand(seed: number) {
  const memory = new MemoryDirectory({ clock: new FakeClock(), randomBytes: countingBytes(), reservationMs: 20_000 })
  const limits = {
    maxParties: 3,
    guessesPerMinute: 10_000,
    guessesPerMinutePerIp: 100_000,
    messagesPerSecond: 10_000,
    peopleRequestsPerSecond: 1000,
  }
  const directory = seed === 0 ? memory : delayed(memory, seed)
  return {
    memory,
    server: testServer({
      rooms: [room],
      queues: [duel],
      directory,
      limits: { ...limits, maxLinksPerIp: 1000, handshakesPerSecondPerIp: 10_000 },
    }),
  }
}

const queueAsk = (maps: number[]): Asks['queue'] => ({
  game: 'pong',
  queue: 'duel',
  hash: queueHash(schema, 'duel'),
  attributes: lobbyCodec.encodePayload(schema.queues['duel']!, { maps }, 'duel'),
})

const seatAsk: Asks['seatParty'] = {
  game: 'pong',
  hash: listingHash(schema),
  verb: 'joinOrCreate',
  room: '',
  type: '',
  private: NO_WISH.isPrivate,
  where: '',
  options: new Uint8Array(0),
}

/** One step of a run. */
type Step = (askers: Asker[], server: TestServer) => void | Promise<void>

const who = fc.nat({ max: 3 })
const each = (act: (asker: Asker) => void): Step => {
  return async (askers) => {
    for (const asker of askers) act(asker)
    await settleAll()
  }
}
const newest = (asker: Asker): number => asker.told('ticketQueued').at(-1)?.ticket ?? 0

/** What takes more than one to come about would hardly ever come about by chance. */
const together: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  each((asker) => asker.ask('setReady', { ready: true })),
  each((asker) => asker.ask('queue', queueAsk([1]))),
  each((asker) => asker.ask('acceptMatch', { ticket: newest(asker) })),
  each((asker) => asker.ask('seatParty', seatAsk)),
  async (askers, server) => {
    server.clock.advance(600)
    await settleAll()
    for (const asker of askers) asker.ask('acceptMatch', { ticket: newest(asker) })
  },
)

const alone: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(who, who).map(([i, of]): Step => async (askers) => {
    askers[of]!.ask('createParty', { maxMembers: 3 })
    await settleAll()
    askers[i]!.ask('joinParty', { code: askers[of]!.told('party').at(-1)?.code ?? '222222' })
  }),
  who.map(
    (i): Step =>
      (askers) =>
        void askers[i]!.ask('leaveParty', {}),
  ),
  fc.tuple(who, fc.nat({ max: 3 })).map(([i, member]): Step => (askers) => {
    askers[i]!.ask(member % 2 === 0 ? 'promoteMember' : 'kickMember', { member })
  }),
  who.map(
    (i): Step =>
      (askers) =>
        void askers[i]!.ask('seatParty', seatAsk),
  ),
  fc.tuple(who, fc.array(fc.nat({ max: 3 }), { maxLength: 3 })).map(([i, maps]): Step => (askers) => {
    askers[i]!.ask('queue', queueAsk(maps))
  }),
  fc.tuple(who, fc.constantFrom('declineMatch', 'cancelTicket')).map(([i, answer]): Step => (askers) => {
    askers[i]!.ask(answer as 'cancelTicket', { ticket: newest(askers[i]!) })
  }),
  fc.tuple(who, fc.constantFrom('ada', 'bob', '')).map(([i, alias]): Step => (askers) => {
    askers[i]!.ask('setAlias', { alias })
  }),
  fc.tuple(who, fc.constantFrom('ada', 'bob', '!')).map(([i, alias]): Step => (askers) => {
    askers[i]!.ask('sendTo', { alias, text: 'hi' })
  }),
  who.map(
    (i): Step =>
      (askers) =>
        void askers[i]!.ask('block', { alias: 'ada', blocked: true }),
  ),
  who.map((i): Step => (askers, server) => {
    askers[i]!.client.cut(4013)
    askers[i] = new Asker(server)
  }),
)

const meanwhile: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 100, max: 3000 }).map(
    (ms): Step =>
      (_askers, server) =>
        server.clock.advance(ms),
  ),
  fc.constant<Step>(() => settle()),
)
const step = fc.oneof(
  { weight: 3, arbitrary: alone },
  { weight: 2, arbitrary: together },
  { weight: 1, arbitrary: meanwhile },
)

/** All who are told of one party are told the same. */
function expectSameParties(askers: readonly Asker[]): void {
  const byCode = new Map<string, string>()
  for (const asker of askers) {
    const lastly = asker.client.items.findLast(
      (item) => item.type === 'message' && ['party', 'partyEnded'].includes(lobbyCodec.messageNames[item.message]!),
    )
    if (lastly?.type !== 'message' || lobbyCodec.messageNames[lastly.message] !== 'party') continue
    const { me: _me, ...party } = asker.told('party').at(-1)!
    const shown = JSON.stringify({ ...party, members: party.members.map((bytes) => [...bytes]) })
    expect(byCode.get(party.code) ?? shown).toBe(shown)
    byCode.set(party.code, shown)
  }
}

vi.setConfig({ testTimeout: 60_000 })

describe('people', () => {
  it('leave nothing behind when they are gone, whatever they asked', async () => {
    const reached = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
        fc.nat({ max: 3 }),
        async (steps, seed) => {
          const { memory, server } = stand(seed)
          const askers = Array.from({ length: 4 }, () => new Asker(server))
          for (const run of steps) await run(askers, server)
          await settleAll()
          expectSameParties(askers)
          for (const name of lobbyCodec.messageNames)
            if (askers.some((one) => one.told(name as 'party').length > 0)) reached.add(name)
          const seats = askers.flatMap((one) => [...one.told('ticketMatched'), ...one.told('seatOffer')])
          expect(new Set(seats.map(({ reservation }) => reservation)).size).toBe(seats.length)
          for (const { client } of askers) client.cut(4013)
          await settleAll()
          expect(server.server.stats.counters.serverErrors).toBe(0)
          expect([...server.server.metricsSource.queues.values()]).toEqual([0])
          for (const name of ['ada', 'bob', 'cy']) expect(await memory.names.find(name)).toBeNull()
          // As many parties as ever fit.
          const fresh = [0, 1, 2].map(() => new Asker(server))
          const made = fresh.map((one) => one.ask('createParty', { maxMembers: 2 }))
          await settleAll()
          expect(fresh.map((one, i) => one.answer('createParty', made[i]!))).toEqual([{}, {}, {}])
        },
      ),
      // One seed: what it reaches is always the same.
      { numRuns: 50, seed: 6 },
    )
    // All that there is to hear about people, and nothing of lists.
    expect(reached).toEqual(new Set(lobbyCodec.messageNames.filter((name) => name !== 'rooms')))
  })

  it('are refused by name what names nothing, and end their connection with bytes that are no request', async () => {
    const { server } = stand(0)
    const ask = <R extends LobbyRequest>(name: R, fields: Asks[R]): unknown => {
      const asker = new Asker(server)
      return { asker, name, id: asker.ask(name, fields) }
    }
    const asked = [
      ask('leaveParty', {}),
      ask('setReady', { ready: true }),
      ask('seatParty', seatAsk),
      ask('declineSeat', { reservation: 'x'.repeat(LIMITS.maxNameBytes) }),
      ask('acceptMatch', { ticket: 0xffff_ffff }),
      ask('queue', { ...queueAsk([1]), hash: 7 }),
      ask('queue', { ...queueAsk([1]), attributes: Uint8Array.of(255, 255, 255) }),
      ask('queue', { ...queueAsk([1]), game: 'chess' }),
      ask('queue', queueAsk([])),
    ] as { asker: Asker; name: LobbyRequest; id: number }[]
    await settleAll()
    expect(asked.map(({ asker, name, id }) => asker.answer(name, id))).toEqual([
      {},
      'no-party',
      'no-party',
      {},
      'no-ticket',
      'schema-mismatch',
      'bad-request',
      'queue-not-found',
      'bad-ticket',
    ])
    const leader = new Asker(server)
    leader.ask('createParty', { maxMembers: 2 })
    const seating = leader.ask('seatParty', { ...seatAsk, options: Uint8Array.of(255, 255) })
    await settleAll()
    expect(leader.answer('seatParty', seating)).toBe('bad-request')
    const broken = new Asker(server)
    broken.askBytes('createParty', Uint8Array.of(255, 255, 255))
    expect(broken.client.closed?.code).toBe(4000)
    expect(server.server.stats.counters).toMatchObject({ serverErrors: 0, ticketsRefused: 4 })
  })

  it('answer, refuse, or end the connection of whoever sends any bytes, and fail at none', async () => {
    const { server } = stand(0)
    const request = fc.constantFrom(...(lobbyCodec.requestNames as LobbyRequest[]))
    const askers: Asker[] = []
    fc.assert(
      fc.property(request, fc.uint8Array({ maxLength: 80 }), (name, bytes) => {
        const asker = new Asker(server)
        askers.push(asker)
        asker.askBytes(name, bytes)
        if (askers.length > 500) askers.shift()!.client.cut(4013)
      }),
      { numRuns: 2000, seed: 6 },
    )
    await settleAll()
    expect(new Set(askers.map(({ client }) => client.closed?.code ?? 0))).toEqual(new Set([0, 4000]))
    expect(server.server.stats.counters.serverErrors).toBe(0)
  })

  it('who wait are all told why, again and again, however many they are', async () => {
    const limits = { maxLinksPerIp: 1000, handshakesPerSecondPerIp: 1000 }
    const server = testServer({ rooms: [room], queues: [shy], limits })
    const askers = Array.from({ length: 100 }, () => new Asker(server))
    const attributes = lobbyCodec.encodePayload(schema.queues['shy']!, { clan: 1 }, 'shy')
    for (const asker of askers)
      asker.ask('queue', { game: 'pong', queue: 'shy', hash: queueHash(schema, 'shy'), attributes })
    await settleAll()
    const toldEach = (): number[] => askers.map((asker) => asker.told('ticketQueued').length)
    expect(new Set(toldEach())).toEqual(new Set([1]))
    // Some at a time.
    server.clock.advance(2000)
    expect(toldEach().filter((told) => told === 2).length).toBe(32)
    server.clock.advance(6000)
    expect(new Set(toldEach())).toEqual(new Set([2]))
    expect(askers[0]!.told('ticketQueued').at(-1)).toMatchObject({ queued: 100, needed: 2, reason: 'attributes' })
    for (const { client } of askers) client.cut(4013)
    server.clock.advance(3000)
    expect(server.clock.pending).toBe(0)
  })

  it('take tickets up to maxTickets', async () => {
    const server = testServer({ rooms: [room], queues: [duel], limits: { maxTickets: 1 } })
    const [first, second] = [new Asker(server), new Asker(server)]
    const ids = [first.ask('queue', queueAsk([1])), second.ask('queue', queueAsk([1]))]
    await settleAll()
    expect(first.answer('queue', ids[0]!)).toEqual({ ticket: 1 })
    expect(second.answer('queue', ids[1]!)).toBe('queue-full')
    expect(server.server.stats.counters.ticketsRefused).toBe(1)
  })
})
