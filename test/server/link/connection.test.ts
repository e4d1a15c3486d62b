import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOSE, DecodeError, defineGame } from '@tickwire/protocol'
import { hashSections } from '@tickwire/protocol/internal'
import { helloOf } from '../../hello.ts'
import { joinItem, packetOf, settle, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'

const ping = { type: 'ping', id: 1, channel: 0 } as const

/** A server with somebody who plays, a second client that misbehaves, and a way to see that the first one noticed nothing. */
async function twoPlayers() {
  const server = testServer()
  const { client: good, room } = await server.join()
  const { client: bad } = await server.join()
  const check = (): void => {
    const before = good.packets.length
    good.say(ping, { channel: 1, inputs: 42 })
    expect(good.closed).toBeNull()
    expect(good.packets.length).toBe(before + 1)
    expect(room.log.at(-1)).toBe('inputs 0: 42')
  }
  return { ...server, good, bad, room, check }
}

const hostile: Record<string, (client: TestClient) => void> = {
  'an empty packet': (client) => client.raw(new Uint8Array(0)),
  'an unknown message': (client) => client.raw(Uint8Array.of(99)),
  'a message that ends too soon': (client) => client.raw(packetOf(ping).subarray(0, 2)),
  'a message with something behind it': (client) => client.raw(Uint8Array.of(...packetOf(ping), 0)),
  'a length beyond the packet': (client) => client.raw(Uint8Array.of(0x82, 0xff, 0x01)),
  'more messages than a packet has': (client) => client.say(...Array.from({ length: 65 }, () => ping)),
  'another hello': (client) => client.hello(),
  'a gap in the reliable numbers': (client) =>
    client.say({ type: 'reliable', seq: 9, item: { type: 'leave', channel: 1 } }),
  'an ack of what was never sent': (client) => client.say({ type: 'reliableAck', seq: 99 }),
  'inputs for a channel that was never joined': (client) => client.say({ channel: 7, inputs: 1 }),
  'a message to nobody': (client) =>
    client.say(client.item({ type: 'message', channel: 0, message: 0, payload: new Uint8Array(0) })),
  'a join of channel 0': (client) => client.say(client.item(joinItem({ channel: 0 }))),
  'a join of the channel that it has': (client) => client.say(client.item(joinItem({ channel: 1 }))),
}

describe('bad input', () => {
  it.each(Object.keys(hostile))(
    '[PKT3] [PKT4] %s ends its connection with protocol-error and a line in the log, and nobody else notices',
    async (name) => {
      const { bad, lines, server, room, check } = await twoPlayers()
      lines.length = 0
      hostile[name]!(bad)
      expect(bad.closed?.code).toBe(CLOSE['protocol-error'].code)
      expect(new TextEncoder().encode(bad.closed?.reason).length).toBeLessThanOrEqual(123)
      expect(lines.filter((line) => line.includes('protocol-error'))).toHaveLength(1)
      expect(server.stats.counters.protocolErrors).toBe(1)
      // Who breaks the protocol does not come back: the seat is free at once.
      expect(room.log).toContain('leave 1 kicked')
      expect(server.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
      check()
    },
  )

  it('a DecodeError of the room ends the connection as well', async () => {
    const { bad, room, check } = await twoPlayers()
    room.receiveCall = () => {
      throw new DecodeError('malformed', { what: 'text', expected: 'UTF-8', got: 'nonsense', offset: 3 })
    }
    bad.say(bad.item({ type: 'message', channel: 1, message: 0, payload: new Uint8Array(0) }))
    expect(bad.closed?.reason).toContain('text: expected UTF-8')
    check()
  })

  it('join fields that cannot be read are a protocol error, although the join is asynchronous', async () => {
    const { connect, maker } = testServer()
    maker.prepare = (room) => {
      room.onJoin = async () => {
        await settle()
        throw new DecodeError('truncated', { what: 'name', expected: '8 more bits', got: '0', offset: 0 })
      }
    }
    const client = connect()
    client.enter()
    await settle()
    await settle()
    expect(client.closed?.code).toBe(CLOSE['protocol-error'].code)
  })

  it('a fault of ours costs that connection, tells nothing, and the client may come back', async () => {
    const { bad, room, connect, lines, server, check } = await twoPlayers()
    room.receiveLatest = () => {
      throw new TypeError('secret detail')
    }
    bad.say({ type: 'latest', channel: 1, message: 0, payload: new Uint8Array(0) })
    expect(bad.closed).toEqual({ code: CLOSE['server-error'].code, reason: CLOSE['server-error'].meaning })
    expect(lines.join('\n')).toContain('secret detail')
    expect(server.stats.linksDropped).toBe(1)
    const again = connect()
    again.hello(bad.claim(room))
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: true })
    check()
  })

  it('[PKT5] a message above the limit ends as message-too-big', async () => {
    const { bad, check, server } = await twoPlayers()
    bad.raw(new Uint8Array(16_385))
    expect(bad.closed?.code).toBe(CLOSE['message-too-big'].code)
    expect(server.stats.counters.messagesTooBig).toBe(1)
    check()
  })

  it('what follows a fault in its packet is not applied', async () => {
    const { bad, room } = await twoPlayers()
    room.log.length = 0
    bad.say({ channel: 7, inputs: 1 }, { channel: 1, inputs: 99 })
    expect(room.log).toEqual(['leave 1 kicked'])
  })

  it('what arrives behind the end of its connection is ignored', async () => {
    const { bad, room, server } = await twoPlayers()
    bad.raw(new Uint8Array(0))
    room.log.length = 0
    bad.say(ping, { channel: 1, inputs: 1 })
    bad.handlers.onClose(4000, '')
    expect(room.log).toEqual([])
    expect(server.stats.counters.protocolErrors).toBe(1)
  })

  it('any bytes at any time end in a close code or in nothing, never in an exception or in a seat', async () => {
    const { connect, good, room, server, check } = await twoPlayers()
    const start = packetOf(helloOf('x'), ping)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }),
        fc.nat(start.length * 8 - 1),
        fc.boolean(),
        async (packets, flippedBit, isWelcome) => {
          const client = connect()
          const first = start.slice()
          if (!isWelcome) first[flippedBit >> 3]! ^= 1 << (flippedBit & 7)
          client.raw(first)
          for (const packet of packets) client.raw(packet)
          client.cut()
          await settle()
        },
      ),
      { numRuns: 300 },
    )
    expect([...room.seats.keys()]).toEqual([0, 1])
    expect(server.stats.counters.serverErrors).toBe(0)
    expect(good.closed).toBeNull()
    check()
  })
})

it.each([
  [CLOSE['frame-too-big'].code, 'messagesTooBig'],
  [CLOSE.policy.code, 'fragmentFloods'],
] as const)('a fault of framing that ended as %i is counted as %s', async (code, counter) => {
  const { join, server } = testServer()
  const { client } = await join()
  client.cut(code)
  expect(server.stats.counters[counter]).toBe(1)
})

describe('the rates of a connection', () => {
  it('allow what an honest client sends, also all at once after a stall', async () => {
    const { clock, join } = testServer()
    const { client } = await join()
    for (let i = 0; i < 300; i++) client.say({ channel: 1, inputs: 1 })
    for (let second = 0; second < 20; second++) {
      clock.advance(1000)
      for (let i = 0; i < 60; i++) client.say({ channel: 1, inputs: 1 })
    }
    expect(client.closed).toBeNull()
  })

  it('end a flood of messages as rate-limited, and the seat is free', async () => {
    const { server, join } = testServer()
    const { client, room } = await join()
    for (let i = 0; i < 1000 && client.closed === null; i++) client.say(ping, ping)
    expect(client.closed?.code).toBe(CLOSE['rate-limited'].code)
    expect(room.log.at(-1)).toBe('leave 0 kicked')
    expect(server.stats.counters.rateLimited).toBe(1)
  })

  it('end a flood of bytes before they are decoded', async () => {
    const { join } = testServer()
    const { client } = await join()
    const large = { type: 'message', channel: 1, message: 0, payload: new Uint8Array(8000) } as const
    for (let i = 0; i < 30 && client.closed === null; i++) client.say(client.item(large))
    expect(client.closed?.reason).toContain('bytes per second')
  })

  it('can be set', async () => {
    const { join } = testServer({ limits: { messagesPerSecond: 2, rateBurstMs: 1000 } })
    const { client } = await join()
    client.say(ping)
    expect(client.closed?.reason).toContain('more than 2 messages')
  })
})

describe('the rates per kind of message', () => {
  const talk = defineGame({
    name: 'talk',
    tickRateHz: 50,
    messages: { chat: { toServer: {} }, move: { toServer: {} } },
    requests: { look: { ask: {}, reply: {} } },
  })
  const rooms = [{ game: { schema: talk }, definition: {} }]
  const limits = { messagesPerSecondPerKind: 10, rateBurstMs: 1000 }
  const say = (message: number) => ({ type: 'message', channel: 1, message, payload: new Uint8Array(0) }) as const

  async function talker(messageRates: Record<string, number> = {}) {
    const { connect, maker, server, clock } = testServer({ rooms, limits, messageRates })
    const client = connect()
    client.enter({ game: 'talk', hashes: hashSections(talk) })
    await settle()
    return { client, room: maker.rooms[0]!, counters: () => server.stats.counters, clock }
  }

  it('end a flood of one kind as rate-limited, by its name, and free the seat', async () => {
    const { client, room, counters } = await talker()
    for (let i = 0; i < 10; i++) client.say(client.item(say(0)))
    client.say(client.item(say(1)))
    expect(client.closed).toBeNull()
    client.say(client.item(say(0)))
    expect(client.closed).toEqual({
      code: CLOSE['rate-limited'].code,
      reason: 'message "chat" more than 10 times per second',
    })
    expect(room.log.filter((line) => line.startsWith('call'))).toHaveLength(11)
    expect(room.log.at(-1)).toBe('leave 0 kicked')
    expect(counters().rateLimited).toBe(1)
  })

  it('can be set for each name', async () => {
    const { client } = await talker({ chat: 1 })
    for (let i = 0; i < 5; i++) client.say(client.item(say(1)))
    client.say(client.item(say(0)))
    expect(client.closed).toBeNull()
    client.say(client.item(say(0)))
    expect(client.closed?.reason).toContain('"chat" more than 1 times')
  })

  it('refuse a request that comes too often, and the player stays', async () => {
    const { client, room, counters, clock } = await talker({ look: 1 })
    const ask = (id: number) => ({ type: 'request', channel: 1, id, request: 0, payload: new Uint8Array(0) }) as const
    client.say(client.item(ask(1)), client.item(ask(2)))
    expect(client.items.at(-1)).toMatchObject({ type: 'refusal', id: 2, code: 'rate-limited' })
    expect(room.log.filter((line) => line.startsWith('call'))).toHaveLength(1)
    expect(counters().requestsRefused).toBe(1)
    clock.advance(1000)
    client.say(client.item(ask(3)))
    expect(client.closed).toBeNull()
    expect(room.log.filter((line) => line.startsWith('call'))).toHaveLength(2)
  })

  it('drop what is only the latest of its kind: the next one says it better', async () => {
    const { client, room, counters } = await talker({ move: 2 })
    for (let i = 0; i < 5; i++) client.say({ type: 'latest', channel: 1, message: 1, payload: new Uint8Array(0) })
    expect(room.log.filter((line) => line.startsWith('latest'))).toHaveLength(2)
    expect(counters().latestDropped).toBe(3)
    expect(client.closed).toBeNull()
  })
})

describe('an end by the client', () => {
  it.each([
    [CLOSE.left.code, 'leave 0 left', 0],
    [CLOSE.normal.code, 'leave 0 left', 0],
    [CLOSE['protocol-error'].code, 'leave 0 kicked', 0],
    [CLOSE['frame-too-big'].code, 'leave 0 kicked', 0],
    [CLOSE.away.code, 'drop 0', 1],
    [CLOSE.abnormal.code, 'drop 0', 1],
    [CLOSE['no-code'].code, 'drop 0', 1],
    [CLOSE['liveness-timeout'].code, 'drop 0', 1],
  ])('with code %i: the room hears "%s"', async (code, line, dropped) => {
    const { join, server } = testServer()
    const { client, room } = await join()
    client.cut(code)
    expect(room.log.at(-1)).toBe(line)
    expect(server.stats.linksDropped).toBe(dropped)
  })
})
