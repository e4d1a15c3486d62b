import { describe, expect, it } from 'vitest'
import { CLOSE } from '@tickwire/protocol'
import type { CallItem, ResumeClaim, ServerItem } from '@tickwire/protocol/internal'
import { snapshotBody, testServer } from '../helpers.ts'
import type { TestClient } from '../helpers.ts'
import type { FakeRoom } from './fake-room.ts'

const chat = (text: number, channel = 1): CallItem => ({
  type: 'message',
  channel,
  message: 0,
  payload: Uint8Array.of(text),
})
const textsOf = (items: readonly ServerItem[]): number[] =>
  items.flatMap((item) => (item.type === 'message' ? [item.payload[0]!] : []))
const typesOf = (client: TestClient): string[] => client.messages.map(({ type }) => type)
const linkOf = (room: FakeRoom, seat = 0) => room.seats.get(seat)!

describe('a resume', () => {
  it('[HSK4] goes on with the same user, seat and numbers', async () => {
    const { join, connect, server } = testServer()
    const { client, room } = await join()
    const { userId } = client.welcome
    client.cut()
    const again = connect()
    again.hello(client.claim(room, 17))
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: true, userId, receivedSeq: 1 })
    expect(room.log).toEqual(['join 0', 'drop 0', 'resume 0 from 17'])
    expect(server.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
    expect(server.stats.counters.resumes).toBe(1)
    again.say({ channel: 1, inputs: 5 })
    expect(room.log.at(-1)).toBe('inputs 0: 5')
  })

  it('[REL4] replays what was not received, once and in order, in the packet of the welcome', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    const link = linkOf(room)
    for (let i = 1; i <= 3; i++) link.push(chat(i))
    link.flush(null)
    // The connection died after the second message.
    const claim: ResumeClaim = { ...client.claim(room, 3), receivedSeq: 3 }
    client.cut()
    link.push(chat(4))
    const again = connect()
    again.hello(claim)
    expect(again.packets).toHaveLength(1)
    expect(typesOf(again)[0]).toBe('welcome')
    expect(textsOf(again.items)).toEqual([3, 4])
    link.push(chat(5))
    link.flush(snapshotBody(1, 1))
    expect(textsOf(again.items)).toEqual([3, 4, 5])
  })

  it('[REL2] takes what the client sends again only once', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    const message = client.item(chat(1))
    client.say(message)
    client.cut()
    const again = connect()
    again.hello(client.claim(room))
    again.say(message, { type: 'reliable', seq: 3, item: chat(2) })
    expect(room.log.filter((line) => line.startsWith('call'))).toHaveLength(2)
  })

  it('[HSK5] gives another token, and the old one is worthless once the client has spoken', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    const old = client.claim(room)
    client.cut()
    const second = connect()
    second.hello(old)
    second.say({ type: 'ping', id: 1, channel: 0 })
    second.cut()
    const thief = connect()
    thief.hello(old)
    expect(thief.welcome.resumed).toBe(false)
    const third = connect()
    third.hello({ ...old, token: second.welcome.token })
    expect(third.welcome).toMatchObject({ resumed: true, seatResumed: true })
  })

  it('[HSK5] works 200 times in a row when every welcome is cut off before it is stored', async () => {
    const { join, connect, clock, server } = testServer()
    const { client, room } = await join()
    const claim = client.claim(room)
    client.cut()
    for (let i = 0; i < 200; i++) {
      clock.advance(100)
      const again = connect()
      again.hello(claim)
      expect(again.welcome).toMatchObject({ resumed: true, seatResumed: true })
      again.cut()
    }
    expect(server.stats).toMatchObject({ linksDropped: 1 })
    expect([...room.seats.keys()]).toEqual([0])
  })

  it('[HSK5] what a client sends in the packet of its hello does not confirm the token', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    const claim = client.claim(room)
    client.cut()
    const second = connect()
    second.hello(claim, { type: 'ping', id: 1, channel: 0 })
    second.cut()
    const third = connect()
    third.hello(claim)
    expect(third.welcome.resumed).toBe(true)
  })

  it.each([
    ['a wrong token', (claim: ResumeClaim) => ({ ...claim, token: new Uint8Array(16) })],
    ['an unknown link', (claim: ResumeClaim) => ({ ...claim, linkId: new Uint8Array(16).fill(9) })],
  ])('[HSK4] with %s gives a new link, and the old one notices nothing', async (_, change) => {
    const { join, connect, server } = testServer()
    const { client, room } = await join()
    const thief = connect()
    thief.hello(change(client.claim(room)))
    expect(thief.welcome).toMatchObject({ resumed: false, seatResumed: false, receivedSeq: 0 })
    expect(thief.closed).toBeNull()
    expect(client.closed).toBeNull()
    expect(room.log).toEqual(['join 0'])
    expect(server.stats.counters.resumesRefused).toBe(1)
  })

  it('[HSK6] takes over from a connection that is still open, which closes as replaced', async () => {
    const { join, connect, server } = testServer()
    const { client, room } = await join()
    const second = connect()
    second.hello(client.claim(room, 5))
    expect(client.closed?.code).toBe(CLOSE.replaced.code)
    expect(room.log).toEqual(['join 0', 'drop 0', 'resume 0 from 5'])
    // The old socket's end arrives late, and whatever it still says.
    client.say({ channel: 1, inputs: 9 })
    client.cut()
    expect(server.stats).toMatchObject({ linksOnline: 1, linksDropped: 0 })
    expect(room.log).toHaveLength(3)
    expect(server.stats.counters.takeovers).toBe(1)
  })

  it('[REL2] that claims what was never sent changes nothing', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    const liar = connect()
    liar.hello({ ...client.claim(room), receivedSeq: 50 })
    expect(liar.closed?.code).toBe(CLOSE['protocol-error'].code)
    expect(client.closed).toBeNull()
    client.say({ channel: 1, inputs: 5 })
    expect(room.log).toEqual(['join 0', 'ack 0: 0', 'inputs 0: 5'])
  })

  it.each([
    ['epoch', { epoch: 1 }],
    ['game', { game: 'chess' }],
    ['schema', { hashes: Array.from({ length: 12 }, () => 0) }],
    ['channel', { channel: 2 }],
  ])('[HSK7] of a seat with another %s does not give the seat back, and frees it', async (_, change) => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    client.cut()
    const claim = client.claim(room)
    const again = connect()
    again.hello({ ...claim, seat: { ...claim.seat!, ...change } })
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: false })
    expect(room.log.at(-1)).toBe('leave 0 left')
  })

  it('of a seat that the room has given up says so', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    client.cut()
    room.canResume = false
    const again = connect()
    again.hello(client.claim(room))
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: false })
  })

  it('whose player is removed by the game at once has no seat', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    client.cut()
    room.resume = (seat) => {
      room.kick(seat, 'banned')
      return true
    }
    const again = connect()
    again.hello(client.claim(room))
    expect(again.welcome.seatResumed).toBe(false)
    expect(again.items.at(-1)).toEqual({ type: 'left', channel: 1, reason: 'banned' })
  })

  it('that the room fails at leaves no link behind', async () => {
    const { join, connect, clock, server } = testServer()
    const { client, room } = await join()
    client.cut()
    room.resume = () => {
      throw new Error('a bug')
    }
    const again = connect()
    again.hello(client.claim(room))
    expect(again.closed?.code).toBe(CLOSE['server-error'].code)
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0 })
    expect(clock.pending).toBe(0)
  })

  it('by a client that lost `joined` in the cut gets it, and its seat, with everything', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    const claim: ResumeClaim = { ...client.claim(null), receivedSeq: 0 }
    client.cut()
    const again = connect()
    again.hello(claim)
    expect(again.items.map(({ type }) => type)).toEqual(['joined'])
    expect(room.log.at(-1)).toBe('resume 0 from -1')
    again.say({ channel: 1, inputs: 5 })
    expect(room.log.at(-1)).toBe('inputs 0: 5')
  })

  it('by a client that knew its seat and claims none gives the seat up', async () => {
    const { join, connect } = testServer()
    const { client, room } = await join()
    client.say({ type: 'reliableAck', seq: 1 })
    client.cut()
    const again = connect()
    again.hello(client.claim(null))
    expect(room.log.at(-1)).toBe('leave 0 left')
  })

  it('by a page that was reloaded grants the seat again, then gives what the old page missed', async () => {
    const { join, connect, clock } = testServer()
    const { client, room } = await join()
    const link = linkOf(room)
    link.push(chat(1))
    link.flush(null)
    client.say({ type: 'reliableAck', seq: 2 })
    link.push({ type: 'reply', channel: 1, id: 4, payload: new Uint8Array(0) })
    link.push(chat(2))
    link.flush(null)
    client.cut()
    clock.advance(5000)
    room.tick = 390
    const page = connect()
    page.hello({ ...client.claim(room, -1), receivedSeq: 0 })
    expect(page.welcome).toMatchObject({ resumed: true, seatResumed: true })
    const [joined, ...rest] = page.items
    // The room is late: its time says more, but the next snapshot may be of this tick.
    expect(joined).toMatchObject({ type: 'joined', roomId: room.id, seat: 0, tick: 390 })
    expect(room.timeAt(clock.nowMs())).toBeGreaterThan(391)
    expect(textsOf(rest)).toEqual([2])
    expect(rest).toHaveLength(1)
    // Numbers go on: the page takes the first one for the beginning.
    expect(page.receivedSeq).toBe(6)
    page.say({ type: 'reliableAck', seq: 6 })
    expect(page.closed).toBeNull()
  })
})
