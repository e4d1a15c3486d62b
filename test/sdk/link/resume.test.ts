import { CLOSE, LIMITS } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { bytesOf, joined, welcome } from '../fake-server.ts'
import { codec, LinkSetup } from './link-setup.ts'

const call = (id: number) => ({ type: 'message', channel: 1, message: 0, payload: Uint8Array.of(id) }) as const

describe('a seat whose connection breaks', () => {
  let t: LinkSetup
  beforeEach(async () => {
    t = new LinkSetup()
    await t.seat()
  })

  /** Cuts, and lets the client come back as far as its hello. */
  async function reconnect(): Promise<void> {
    t.server.connect.cut()
    await t.run(0)
  }

  it('is claimed at once, with the link, the token, what was received and what is held', async () => {
    await reconnect()
    expect(t.server.connections).toHaveLength(2)
    expect(t.connection.packets).toHaveLength(1)
    expect(t.connection.messages).toHaveLength(1)
    const { epoch } = t.room.joined
    const seat = { channel: 1, epoch, game: 'arena', hashes: codec.hashes, heldSnapshot: 0 }
    const resume = { receivedSeq: 1, seat }
    expect(t.connection.last('hello')).toMatchObject({ linkId: bytesOf(1), token: bytesOf(2), resume })
  })

  it('goes on with the same room, and both ends say what the other missed', async () => {
    const first = t.connection
    t.room.link.push(call(1))
    await t.run(0)
    await reconnect()
    t.room.link.push(call(2))
    const { connection } = t
    connection.continueFrom(1)
    connection.send(
      welcome({ token: bytesOf(3), resumed: true, seatResumed: true, receivedSeq: 2 }),
      ...connection.reliable(call(7), call(8)),
    )
    await t.run(LIMITS.ackDelayMs)
    expect(first.last('reliable').seq).toBe(2)
    expect(connection.messages.filter(({ type }) => type === 'reliable')).toEqual([
      { type: 'reliable', seq: 3, item: call(2) },
    ])
    expect(t.room.log).toEqual(['snapshot 9', 'resumed', 'message 0: 7', 'message 0: 8'])
    expect(connection.last('reliableAck').seq).toBe(3)
    expect(t.states).toEqual(['online', 'resuming abnormal', 'online'])
    expect(t.room.link.resumes).toBe(1)
    expect(t.rooms).toHaveLength(1)
  })

  it('[REL1] replays what the server did not receive, before anything new, and ignores what it sends twice', async () => {
    t.room.link.push(call(1))
    t.room.link.push(call(2))
    await t.run(0)
    await reconnect()
    const { connection } = t
    connection.continueFrom(0)
    connection.send(
      welcome({ resumed: true, seatResumed: true, receivedSeq: 2 }),
      ...connection.reliable(joined(1), call(8)),
    )
    t.room.link.push(call(3))
    await t.run(0)
    const sent = connection.messages.flatMap((message) => (message.type === 'reliable' ? [message.seq] : []))
    expect(sent).toEqual([3, 4])
    expect(t.room.log).toEqual(['snapshot 9', 'resumed', 'message 0: 8'])
  })

  it('[HSK5] keeps the next token before it sends anything behind the welcome', async () => {
    await reconnect()
    const tokensAtPacket: unknown[] = []
    t.connection.receive = () => tokensAtPacket.push(t.store.load()?.token)
    t.connection.welcome({ token: bytesOf(4), resumed: true, seatResumed: true, receivedSeq: 1 })
    await t.run(0)
    expect(tokensAtPacket).toEqual([bytesOf(4)])
    await reconnect()
    await t.run(200)
    expect(t.connection.last('hello').token).toEqual(bytesOf(4))
  })

  it('is claimed with the old token again when the welcome was lost', async () => {
    await reconnect()
    await reconnect()
    await t.run(200)
    expect(t.server.connections).toHaveLength(3)
    expect(t.connection.last('hello').token).toEqual(bytesOf(2))
  })

  it('sends of the latest messages of the gap the newest per name', async () => {
    await reconnect()
    t.room.link.sendLatest({ message: 0, payload: Uint8Array.of(1) })
    t.room.link.sendLatest({ message: 0, payload: Uint8Array.of(2) })
    t.connection.welcome({ resumed: true, seatResumed: true, receivedSeq: 1 })
    await t.run(0)
    const latest = t.connection.messages.filter(({ type }) => type === 'latest')
    expect(latest).toEqual([{ type: 'latest', channel: 1, message: 0, payload: Uint8Array.of(2) }])
  })

  it('drops inputs and acks while there is no connection', async () => {
    await reconnect()
    t.room.link.sendInputs(5, (writer) => writer.bits(1, 8))
    t.room.link.sendSnapshotAck(5)
    await t.run(1000)
    expect(t.connection.packets).toHaveLength(1)
  })

  it('ends with the reason that the server tells behind the welcome', async () => {
    await reconnect()
    const { connection } = t
    connection.continueFrom(1)
    connection.send(
      welcome({ resumed: true, seatResumed: false, receivedSeq: 1 }),
      ...connection.reliable({ type: 'left', channel: 1, reason: 'room-closed' }),
    )
    await t.run(0)
    expect(t.room.log).toEqual(['snapshot 9', 'ended room-closed'])
    expect(t.link.connection.phase).toBe('online')
    expect(t.store.load()).toBeNull()
  })

  it('ends as expired when the server says no more, or has forgotten the whole link', async () => {
    await reconnect()
    t.connection.welcome({ resumed: true, seatResumed: false, receivedSeq: 1 })
    await t.run(0)
    expect(t.room.endedBy).toMatchObject({ name: 'expired', retry: false })
    const other = new LinkSetup()
    await other.seat()
    const pending = other.room.link.request(0, new Uint8Array(0), () => 1)
    const failed = expect(pending).rejects.toMatchObject({ code: 'expired' })
    other.server.connect.cut()
    await other.run(0)
    other.connection.welcome({ linkId: bytesOf(8), token: bytesOf(9) })
    await other.run(0)
    await failed
    expect(other.room.endedBy?.name).toBe('expired')
    other.join()
    await other.run(0)
    expect(other.connection.last('reliable')).toMatchObject({ seq: 1, item: { type: 'join', channel: 2 } })
  })

  it('is given up when the resume window is over, and its storage is left to a reload', async () => {
    const atMs = t.clock.nowMs()
    t.server.isUp = false
    t.server.connect.cut()
    while (!t.link.isClosed && t.clock.nowMs() < atMs + 60_000) await t.run(100)
    const gaveUpAfterMs = t.clock.nowMs() - atMs
    expect(gaveUpAfterMs).toBeGreaterThanOrEqual(30_000)
    expect(gaveUpAfterMs).toBeLessThan(30_200)
    expect(t.room.endedBy).toMatchObject({ name: 'abnormal', meaning: expect.stringContaining('did not come back') })
    expect(t.clock.pending).toBe(0)
    expect(t.page.listeners.size).toBe(0)
  })

  it.each(['replaced', 'kicked', 'rate-limited', 'protocol-error'] as const)(
    '[HSK6] does not come back after "%s"',
    async (name) => {
      t.connection.close(CLOSE[name].code)
      await t.run(60_000)
      expect(t.server.connections).toHaveLength(1)
      expect(t.room.endedBy).toMatchObject({ name, retry: false })
      expect(t.store.load()).toBeNull()
    },
  )

  it('tells its listeners which attempt this is, why, and when the next one comes', async () => {
    const seen: unknown[] = []
    t.link.onConnection((state) => {
      if (state.phase === 'resuming') seen.push([state.attempt, Math.round(state.retryInMs), state.reason.name])
    })
    t.server.isUp = false
    t.connection.close(CLOSE['server-error'].code)
    await t.run(2000)
    expect(seen.slice(0, 4)).toEqual([
      [1, 0, 'server-error'],
      [2, 125, 'server-error'],
      [3, 250, 'server-error'],
      [4, 500, 'server-error'],
    ])
  })

  it('does not hammer a server that welcomes and then closes', async () => {
    for (let i = 0; i < 50; i++) {
      if (t.connection.closed === null && t.connection.packets.length > 0) {
        t.connection.welcome({ resumed: true, seatResumed: true, receivedSeq: 1 })
        t.connection.close(CLOSE['server-error'].code)
      }
      await t.run(100)
    }
    expect(t.server.connections.length).toBeLessThan(10)
  })

  it('counts attempts from one again once a connection has lasted', async () => {
    t.server.isUp = false
    t.server.connect.cut()
    await t.run(1000)
    t.server.isUp = true
    await t.run(5000)
    t.connection.welcome({ resumed: true, seatResumed: true, receivedSeq: 1 })
    await t.run(5000)
    await reconnect()
    expect(t.link.connection).toMatchObject({ phase: 'resuming', attempt: 1, retryInMs: 0 })
  })

  it('[HSK10] stays away for as long as a stopping server asks, and its seat waits so much longer', async () => {
    t.connection.send({ type: 'goingAway', retryAfterMs: 20_000, address: '' })
    await t.run(0)
    t.connection.close(CLOSE['going-away'].code)
    t.server.isUp = false
    await t.run(20_000)
    expect(t.server.urls).toHaveLength(1)
    await t.run(500)
    expect(t.server.urls.length).toBeGreaterThan(1)
    await t.run(25_000)
    expect(t.link.isClosed).toBe(false)
  })

  it('[HSK10] stays away also when the player looks at the page or the network comes back', async () => {
    t.connection.send({ type: 'goingAway', retryAfterMs: 20_000, address: '' })
    await t.run(0)
    t.connection.close(CLOSE['going-away'].code)
    await t.run(5000)
    t.page.fire('visible')
    t.page.fire('online')
    await t.run(14_900)
    expect(t.server.urls).toHaveLength(1)
    expect(t.link.connection).toMatchObject({ phase: 'resuming' })
    // The rest of the time and the clients' spread: half of a second with these draws.
    await t.run(600)
    expect(t.server.urls).toHaveLength(2)
  })
})

describe('a page that was reloaded', () => {
  let t: LinkSetup
  beforeEach(async () => {
    t = new LinkSetup()
    await t.seat()
    t.reload()
    t.resume()
    await t.run(0)
  })

  it('claims its seat with nothing held, and gets its room from a new grant', async () => {
    const { resume } = t.connection.last('hello')
    expect(resume).toMatchObject({ receivedSeq: 0, seat: { channel: 1, epoch: 7, heldSnapshot: -1 } })
    const { connection } = t
    connection.continueFrom(41)
    const granted = connection.reliable(joined(1, { tick: 90_000 }))
    const snapshot = { type: 'snapshot', channel: 1, bytes: Uint8Array.of(4) } as const
    connection.send(
      welcome({ token: bytesOf(3), resumed: true, seatResumed: true, receivedSeq: 17 }),
      ...granted,
      snapshot,
    )
    await t.run(LIMITS.ackDelayMs)
    expect(t.outcome).toMatchObject({ type: 'seated', receiver: { joined: { tick: 90_000 }, log: ['snapshot 4'] } })
    expect(t.store.load()?.token).toEqual(bytesOf(3))
    expect(connection.last('reliableAck').seq).toBe(42)
    t.room.link.push(call(1))
    await t.run(0)
    expect(connection.last('reliable').seq).toBe(18)
  })

  it('names its requests so that a reply to the page before it is nobody’s', async () => {
    const { connection } = t
    connection.send(
      welcome({ resumed: true, seatResumed: true, receivedSeq: 17 }),
      ...connection.reliable(joined(1), { type: 'reply', channel: 1, id: 1, payload: Uint8Array.of(1) }),
    )
    await t.run(0)
    const reply = t.room.link.request(0, new Uint8Array(0), (bytes) => bytes[0])
    await t.run(0)
    expect(connection.items.at(-1)).toMatchObject({ type: 'request', id: 18 })
    connection.send(...connection.reliable({ type: 'reply', channel: 1, id: 18, payload: Uint8Array.of(5) }))
    await t.run(0)
    expect(await reply).toBe(5)
  })

  it('hears the messages that were replayed before its grant, in order', async () => {
    const { connection } = t
    connection.send(
      welcome({ resumed: true, seatResumed: true, receivedSeq: 17 }),
      ...connection.reliable(call(1), call(2), joined(1), call(3)),
    )
    await t.run(0)
    expect(t.room.log).toEqual(['message 0: 1', 'message 0: 2', 'message 0: 3'])
  })

  it.each([
    ['is gone', { resumed: true, seatResumed: false, receivedSeq: 17 }],
    ['is gone with its link', { resumed: false }],
  ])('is told that the seat %s, forgets it, and can join on the same connection', async (_, change) => {
    t.connection.welcome(change)
    await t.run(0)
    expect(t.outcome).toEqual({ type: 'gone' })
    expect(t.store.load()).toBeNull()
    t.join()
    await t.run(0)
    expect(t.server.connections).toHaveLength(2)
    expect(t.connection.last('reliable').item).toMatchObject({ type: 'join', channel: 2 })
  })
})
