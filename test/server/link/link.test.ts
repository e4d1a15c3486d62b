import { describe, expect, it } from 'vitest'
import { CLOSE } from '@tickwire/protocol'
import type { CallItem } from '@tickwire/protocol/internal'
import { joinItem, settle, snapshotBody, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'
import type { FakeRoom } from './fake-room.ts'

const chat = (text: number, channel = 1): CallItem => ({
  type: 'message',
  channel,
  message: 0,
  payload: Uint8Array.of(text),
})
const typesOf = (client: TestClient): string[] => client.messages.map(({ type }) => type)
const linkOf = (room: FakeRoom, seat = 0) => room.seats.get(seat)!

describe('a link that drops', () => {
  it('keeps its seat for the resume window of its room, then leaves as expired', async () => {
    const { join, clock, server } = testServer()
    const { client, room } = await join()
    client.say({ type: 'ping', id: 1, channel: 0 })
    client.cut()
    expect(room.log).toEqual(['join 0', 'drop 0'])
    clock.advance(19_999)
    expect(server.stats.linksDropped).toBe(1)
    clock.advance(1)
    expect(room.log.at(-1)).toBe('leave 0 expired')
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0 })
    expect(server.stats.counters.linksExpired).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('[HSK11] and never answered its welcome is kept only for as long as a handshake may take: its client may not know of it', async () => {
    const { join, connect, clock } = testServer()
    const [first, second] = [await join(), await join()]
    first.client.cut()
    second.client.cut()
    clock.advance(4999)
    const again = connect()
    again.hello(first.client.claim(first.room))
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: true })
    clock.advance(1)
    expect(first.room.log.at(-1)).toBe('leave 1 expired')
  })

  it('is found silent within 10 s and may resume', async () => {
    const { join, clock, server } = testServer()
    const { client, room } = await join()
    clock.advance(10_000)
    expect(client.closed?.code).toBe(CLOSE['liveness-timeout'].code)
    expect(room.log.at(-1)).toBe('drop 0')
    expect(server.stats).toMatchObject({ linksDropped: 1 })
  })

  it('is alive as long as its transport answers pings, even if the page says nothing', async () => {
    const { join, clock } = testServer()
    const { client } = await join()
    for (let i = 0; i < 60; i++) {
      clock.advance(1000)
      for (const pong of client.pings.splice(0)) pong()
    }
    expect(client.closed).toBeNull()
  })

  it('sends nothing, and says so to its room', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    const link = linkOf(room)
    client.cut()
    client.closed = null
    expect(link.push(chat(1))).toBe(true)
    expect(link.flush(snapshotBody(1, 1))).toBe('closed')
    expect(typesOf(client).filter((type) => type === 'snapshot')).toEqual([])
  })
})

describe('a seat', () => {
  it('[SNP4] nothing of the room overtakes `joined`, not even a snapshot of the tick that ran in the same moment', async () => {
    const { connect, maker } = testServer()
    maker.prepare = (room) => {
      room.onJoin = ({ link }) => {
        link.push(chat(1))
        link.pushLatest({ message: 0, payload: Uint8Array.of(2) })
        expect(link.flush(snapshotBody(1, 77))).toBe('queued')
      }
    }
    const client = connect()
    client.enter()
    await settle()
    expect(typesOf(client)).toEqual(['welcome', 'reliableAck', 'reliable', 'reliable', 'latest', 'snapshot'])
    expect(client.items.map(({ type }) => type)).toEqual(['joined', 'message'])
  })

  it('is left when the client says so, and the server agrees', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    client.say(client.item({ type: 'leave', channel: 1 }))
    expect(room.log.at(-1)).toBe('leave 0 left')
    expect(client.items.at(-1)).toEqual({ type: 'left', channel: 1, reason: 'left' })
    expect(client.closed).toBeNull()
  })

  it('that the room ends is told with its reason, at once', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    room.kick(0, 'afk')
    expect(client.items.at(-1)).toEqual({ type: 'left', channel: 1, reason: 'afk' })
  })

  it('that ends while the client is away is told at the resume', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    client.cut()
    room.dispose()
    const again = connect()
    again.hello(client.claim(room))
    expect(again.welcome.seatResumed).toBe(false)
    expect(again.items.at(-1)).toEqual({ type: 'left', channel: 1, reason: 'room-closed' })
  })

  it('that is over takes no more from its room, and ignores what is still on its way to it', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    const link = linkOf(room)
    room.kick(0, 'afk')
    room.log.length = 0
    expect(link.push(chat(1))).toBe(false)
    expect(link.flush(snapshotBody(1, 1))).toBe('closed')
    expect(link.hasPending).toBe(false)
    client.say({ channel: 1, inputs: 5 }, client.item(chat(1)), client.item({ type: 'leave', channel: 1 }))
    client.say({ type: 'latest', channel: 1, message: 0, payload: new Uint8Array(0) })
    expect(client.closed).toBeNull()
    expect(room.log).toEqual([])
  })

  it('makes place for another one', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    client.say(client.item({ type: 'leave', channel: 1 }), client.item(joinItem({ channel: 2 })))
    await settle()
    expect(client.items.map(({ type }) => type)).toEqual(['joined', 'left', 'joined'])
    expect(linkOf(room).channel).toBe(2)
  })

  it('is one: a second join is refused while there is a seat', async () => {
    const { join } = testServer()
    const { client } = await join()
    client.say(client.item(joinItem({ channel: 2 })))
    await settle()
    expect(client.items.at(-1)).toMatchObject({ type: 'joinRefused', channel: 2, code: 'already-joined' })
    expect(client.closed).toBeNull()
  })

  it('passes on inputs with their ack, acks alone, calls and latest messages', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    room.log.length = 0
    client.say({ channel: 1, inputs: 7 }, { type: 'snapshotAck', channel: 1, ackedSnapshot16: 3 })
    client.say(client.item(chat(1)), { type: 'latest', channel: 1, message: 4, payload: new Uint8Array(0) })
    expect(room.log).toEqual(['ack 0: 0', 'inputs 0: 7', 'ack 0: 3', 'call 0: message', 'latest 0: 4'])
  })
})

describe('answers', () => {
  it("[CLK1] a pong has the room's time, leaves at once, and on channel 0 has none", async () => {
    const { join, clock } = testServer()
    const { client } = await join()
    clock.advance(50)
    client.say({ type: 'ping', id: 8, channel: 1 }, { type: 'ping', id: 9, channel: 0 })
    const tick = clock.nowMs() / 10
    expect(client.messages.slice(-2)).toEqual([
      { type: 'pong', id: 8, channel: 1, tick, holdMs: 0 },
      { type: 'pong', id: 9, channel: 0, tick: 0, holdMs: 0 },
    ])
  })

  it('[CLK1] a pong for a room that is over comes on channel 0', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    room.kick(0, 'afk')
    client.say({ type: 'ping', id: 8, channel: 1 })
    expect(client.messages.at(-1)).toMatchObject({ type: 'pong', id: 8, channel: 0, tick: 0 })
  })

  it('an ack leaves with the next packet, or alone after 50 ms', async () => {
    const { join, clock } = testServer()
    const { client, room } = await join()
    client.say(client.item(chat(1)))
    const before = client.packets.length
    linkOf(room).flush(snapshotBody(1, 1))
    expect(client.packets.at(-1)!.map(({ type }) => type)).toEqual(['reliableAck', 'snapshot'])
    client.say(client.item(chat(2)))
    client.say(client.item(chat(3)))
    clock.advance(49)
    expect(client.packets.length).toBe(before + 1)
    clock.advance(1)
    expect(client.packets.at(-1)).toEqual([{ type: 'reliableAck', seq: 4 }])
    expect(client.packets.length).toBe(before + 2)
  })

  it('[REL6] [LOB2] a request on channel 0 that the lobby does not have, and a message there, end the connection', async () => {
    const { join } = testServer()
    for (const item of [
      { type: 'request', channel: 0, id: 3, request: 99, payload: new Uint8Array(0) },
      { type: 'message', channel: 0, message: 0, payload: new Uint8Array(0) },
    ] as const) {
      const { client } = await join()
      client.say(client.item(item))
      expect(client.closed?.code).toBe(CLOSE['protocol-error'].code)
    }
  })
})

describe('a client that does not read', () => {
  it('is ended as slow-reader when its reliable buffer is full, after the tick that filled it', async () => {
    const { join, clock, server } = testServer({ limits: { reliableBufferBytes: 2000 } })
    const { client, room } = await join()
    const link = linkOf(room)
    const large: CallItem = { type: 'message', channel: 1, message: 0, payload: new Uint8Array(900) }
    expect([link.push(large), link.push(large), link.push(large), link.push(large)]).toEqual([true, true, false, false])
    expect(client.closed).toBeNull()
    clock.advance(0)
    expect(client.closed?.code).toBe(CLOSE['slow-reader'].code)
    // The stream has a hole: it cannot be resumed.
    expect(room.log.at(-1)).toBe('leave 0 kicked')
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0 })
  })

  it('is forgotten when that happens while it is away', async () => {
    const { join, clock, server } = testServer({ limits: { reliableBufferBytes: 2000 } })
    const { client, room } = await join()
    client.cut()
    while (linkOf(room).push({ type: 'message', channel: 1, message: 0, payload: new Uint8Array(900) }));
    clock.advance(0)
    expect(server.stats.linksDropped).toBe(0)
    expect(room.log.at(-1)).toBe('leave 0 kicked')
  })

  it('is ended as slow-reader when too much waits in the socket, and may come back', async () => {
    const { join, clock, server } = testServer({ limits: { maxBufferedBytes: 5000 } })
    const { client, room } = await join()
    client.result = 'queued'
    client.bufferedBytes = 5000
    linkOf(room).flush(snapshotBody(1, 1))
    clock.advance(0)
    expect(client.closed).toBeNull()
    client.bufferedBytes = 5001
    linkOf(room).flush(snapshotBody(1, 1))
    clock.advance(0)
    expect(client.closed?.code).toBe(CLOSE['slow-reader'].code)
    expect(server.stats.linksDropped).toBe(1)
  })

  it('gets the newest of its latest messages when its socket is free again', async () => {
    const { join } = testServer()
    const { client, room } = await join()
    const link = linkOf(room)
    client.bufferedBytes = 10
    link.pushLatest({ message: 0, payload: Uint8Array.of(1) })
    link.flush(null)
    link.pushLatest({ message: 0, payload: Uint8Array.of(2) })
    expect(link.hasPending).toBe(true)
    client.bufferedBytes = 0
    link.flush(null)
    const arrived = client.messages.flatMap((message) => (message.type === 'latest' ? [message.payload[0]] : []))
    expect(arrived).toEqual([2])
  })
})
