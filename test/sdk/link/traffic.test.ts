import { CLOSE, LIMITS, RefusedError } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { RequestTimeoutError } from '../../../sdk/src/errors.ts'
import { restOf } from '../fake-server.ts'
import { brokenBytes, LinkSetup } from './link-setup.ts'

let t: LinkSetup
beforeEach(async () => {
  t = new LinkSetup()
  await t.seat()
  await t.run(LIMITS.ackDelayMs)
})

const message = (id: number) => ({ type: 'message', channel: 1, message: 0, payload: Uint8Array.of(id) }) as const
/** As the server counts: two seconds' worth at once, then the rate. */
class TokenBucketOfServer {
  private tokens = 2 * LIMITS.messagesPerSecond
  private atMs: number
  constructor(nowMs: number) {
    this.atMs = nowMs
  }
  take(messages: number, nowMs: number): void {
    const refill = ((nowMs - this.atMs) / 1000) * LIMITS.messagesPerSecond
    this.tokens = Math.min(2 * LIMITS.messagesPerSecond, this.tokens + refill) - messages
    this.atMs = nowMs
    expect(this.tokens).toBeGreaterThanOrEqual(0)
  }
}

const count = (): number => t.connection.packets.length

describe('what a seat sends', () => {
  it('leaves as one packet per turn, messages in the order in which they were said', async () => {
    const before = count()
    t.room.link.push(message(1))
    t.room.link.push(message(2))
    t.room.link.sendSnapshotAck(7)
    await t.run(0)
    expect(count()).toBe(before + 1)
    expect(t.connection.packets.at(-1)).toEqual([
      { type: 'snapshotAck', channel: 1, ackedSnapshot16: 7 },
      { type: 'reliable', seq: 2, item: message(1) },
      { type: 'reliable', seq: 3, item: message(2) },
    ])
  })

  it('goes with the inputs when these are sent, at once and with the ack that is owed', async () => {
    t.connection.send(...t.connection.reliable(message(9)))
    await t.run(0)
    const before = count()
    t.room.link.push(message(1))
    t.room.link.sendInputs(513, (writer) => writer.bits(0xabc, 12))
    await t.run(0)
    expect(count()).toBe(before + 1)
    const packet = t.connection.packets.at(-1)!
    expect(packet.map(({ type }) => type)).toEqual(['reliable', 'reliableAck', 'inputs'])
    const inputs = t.connection.last('inputs')
    expect(inputs).toMatchObject({ channel: 1, ackedSnapshot16: 513 })
    expect(inputs.bits.bits(12, 'inputs')).toBe(0xabc)
    expect(restOf(inputs.bits)).toHaveLength(0)
    await t.run(LIMITS.ackDelayMs)
    expect(count()).toBe(before + 1)
  })

  it('acknowledges what it received within the ack delay when nothing else leaves', async () => {
    const before = count()
    t.connection.send(...t.connection.reliable(message(9), message(8)))
    await t.run(LIMITS.ackDelayMs - 1)
    expect(count()).toBe(before)
    await t.run(1)
    expect(t.connection.packets.at(-1)).toEqual([{ type: 'reliableAck', seq: 3 }])
  })

  it('[REL5] replaces a latest message of the same name within a turn', async () => {
    t.room.link.sendLatest({ message: 0, payload: Uint8Array.of(1) })
    t.room.link.sendLatest({ message: 1, payload: Uint8Array.of(2) })
    t.room.link.sendLatest({ message: 0, payload: Uint8Array.of(3) })
    await t.run(0)
    expect(t.connection.packets.at(-1)).toEqual([
      { type: 'latest', channel: 1, message: 0, payload: Uint8Array.of(3) },
      { type: 'latest', channel: 1, message: 1, payload: Uint8Array.of(2) },
    ])
  })

  it('[REL3] says so when the reliable buffer is full, and takes more once the server has acknowledged', async () => {
    const large = { ...message(1), payload: new Uint8Array(LIMITS.maxPayloadBytes) }
    let taken = 0
    while (t.room.link.push(large)) taken++
    expect(taken).toBe(Math.floor(LIMITS.reliableBufferBytes / (large.payload.length + 6)))
    for (let s = 0; s < 8; s++) {
      t.connection.send({ type: 'reliableAck', seq: 1 })
      await t.run(1000)
    }
    expect(t.connection.items.filter(({ type }) => type === 'message')).toHaveLength(taken)
    t.connection.send({ type: 'reliableAck', seq: 2 })
    await t.run(0)
    expect(t.room.link.push(large)).toBe(true)
    expect(t.room.link.push(large)).toBe(false)
  })

  it('never exceeds the rates of the server, however much is said at once, and none of it is lost', async () => {
    const { connection } = t
    for (let i = 0; i < 1000; i++) expect(t.room.link.push(message(i & 0xff))).toBe(true)
    const allowed = new TokenBucketOfServer(t.clock.nowMs())
    for (let s = 0; s < 10; s++) {
      connection.send({ type: 'reliableAck', seq: 1 })
      for (let i = 0; i < 100; i++) {
        const before = connection.messages.length
        await t.run(10)
        allowed.take(connection.messages.length - before, t.clock.nowMs())
      }
    }
    const received = connection.items.flatMap((item) => (item.type === 'message' ? [item.payload[0]] : []))
    expect(received).toEqual(Array.from({ length: 1000 }, (_, i) => i & 0xff))
  })

  it('keeps the rates when it replays after a long drop', async () => {
    t.server.connect.cut()
    await t.run(0)
    for (let i = 0; i < 600; i++) t.room.link.push(message(i & 0xff))
    t.connection.welcome({ resumed: true, seatResumed: true, receivedSeq: 1 })
    await t.run(0)
    expect(t.connection.items.length).toBeLessThan(LIMITS.messagesPerSecond + 1)
    for (let s = 0; s < 5; s++) {
      t.connection.send({ type: 'reliableAck', seq: 1 })
      await t.run(1000)
    }
    expect(t.connection.items).toHaveLength(600)
  })

  it('is nothing any more once the seat is over', async () => {
    const { link } = t.room
    t.connection.send(...t.connection.reliable({ type: 'left', channel: 1, reason: 'kicked' }))
    await t.run(LIMITS.ackDelayMs)
    const before = count()
    expect(link.push(message(1))).toBe(false)
    link.sendLatest({ message: 0, payload: Uint8Array.of(3) })
    link.sendInputs(1, () => {})
    link.sendSnapshotAck(1)
    await expect(link.request(0, new Uint8Array(0), () => 0)).rejects.toMatchObject({ code: 'seat-over' })
    await link.leave()
    await t.run(100)
    expect(count()).toBe(before)
    expect(t.room.endedBy).toMatchObject({ name: 'kicked', code: CLOSE.kicked.code })
  })

  it('is counted in bytes per second, both ways', async () => {
    await t.run(2000)
    const { link } = t.room
    const [sentBefore, receivedBefore] = [link.bytesOutPerSecond, link.bytesInPerSecond]
    link.push(message(1))
    t.connection.send({ type: 'snapshot', channel: 1, bytes: new Uint8Array(100) })
    await t.run(10)
    expect(link.bytesOutPerSecond - sentBefore).toBe(6)
    expect(link.bytesInPerSecond - receivedBefore).toBe(102)
  })
})

describe('what a seat hears', () => {
  it('is handled in the order of its packet', async () => {
    const { connection } = t
    connection.send(
      ...connection.reliable(message(1)),
      { type: 'snapshot', channel: 1, bytes: Uint8Array.of(5) },
      { type: 'latest', channel: 1, message: 3, payload: Uint8Array.of(6) },
      ...connection.reliable({ type: 'request', channel: 1, id: 4, request: 0, payload: new Uint8Array(0) }),
    )
    await t.run(0)
    expect(t.room.log.slice(1)).toEqual(['message 0: 1', 'snapshot 5', 'latest 3: 6', 'request'])
  })

  it('is nothing of another channel: a seat that was left may still have snapshots on their way', async () => {
    const { connection } = t
    connection.send(
      { type: 'snapshot', channel: 2, bytes: Uint8Array.of(5) },
      ...connection.reliable({ ...message(1), channel: 2 }),
    )
    await t.run(0)
    expect(t.room.log).toHaveLength(1)
    expect(t.link.isClosed).toBe(false)
  })

  it('loses nothing of its packet when game code throws', async () => {
    t.room.failure = new Error('a bug of the game')
    t.connection.send(...t.connection.reliable(message(1), message(2)))
    await t.run(0)
    expect(t.room.log.slice(1)).toEqual(['message 0: 1', 'message 0: 2'])
    expect(t.reports).toEqual(['a message of the server could not be handled'])
    expect(t.link.isClosed).toBe(false)
  })
})

describe('bytes that break the protocol', () => {
  it.each([
    ['[BIT1] an empty packet', new Uint8Array(0)],
    ['[PKT3] an unknown message', Uint8Array.of(99)],
    ['[BIT1] a truncated message', Uint8Array.of(4)],
    ['[BIT4] something behind the end', Uint8Array.of(5, 1, 0, 0)],
    ['[PKT2] more messages than a packet may hold', new Uint8Array(300).fill(0x85)],
  ])('%s ends the link with its close code, a report and a reason, and nobody else notices', async (_, bytes) => {
    t.connection.sendRaw(bytes)
    await t.run(60_000)
    expect(t.connection.closed?.code).toBe(CLOSE['protocol-error'].code)
    expect(t.reports).toHaveLength(1)
    expect(t.reports[0]).toMatch(/the server broke the protocol: .*expected/)
    expect(t.room.endedBy).toMatchObject({ name: 'protocol-error', retry: false })
    expect(t.server.connections).toHaveLength(1)
    expect(t.clock.pending).toBe(0)
  })

  it('[PKT4] a room that cannot read its bytes ends the link, and the rest of the packet is not read', async () => {
    t.room.failure = brokenBytes()
    const { connection } = t
    connection.send({ type: 'snapshot', channel: 1, bytes: Uint8Array.of(5) }, ...connection.reliable(message(1)))
    await t.run(0)
    expect(t.room.log.slice(1)).toEqual(['snapshot 5', 'ended protocol-error'])
  })

  it('[REL2] a gap in the numbers, or an ack of what was never sent, is one', async () => {
    t.connection.continueFrom(5)
    t.connection.send(...t.connection.reliable(message(1)))
    await t.run(0)
    expect(t.reports[0]).toContain('reliable seq: expected 2, got 6')
    const other = new LinkSetup()
    await other.seat()
    other.connection.send({ type: 'reliableAck', seq: 99 })
    await other.run(0)
    expect(other.reports[0]).toContain('reliable ack')
  })

  it('a refusal with a code that nobody may use is one', async () => {
    const asked = t.room.link.request(0, new Uint8Array(0), () => 0)
    const failed = expect(asked).rejects.toMatchObject({ code: 'protocol-error' })
    const refusal = { type: 'refusal', channel: 1, id: 2, code: '<b>', text: '' } as const
    t.connection.send(...t.connection.reliable(refusal))
    await t.run(0)
    await failed
  })

  it('a reply that its game cannot read is one', async () => {
    const asked = t.room.link.request(0, new Uint8Array(0), () => {
      throw brokenBytes()
    })
    const failed = expect(asked).rejects.toMatchObject({ code: 'protocol-error' })
    t.connection.send(...t.connection.reliable({ type: 'reply', channel: 1, id: 2, payload: new Uint8Array(0) }))
    await t.run(0)
    await failed
  })
})

describe('a request', () => {
  const ask = (options = {}) => t.room.link.request(3, Uint8Array.of(1), (reply) => reply[0], options)
  const reply = (id: number) => ({ type: 'reply', channel: 1, id, payload: Uint8Array.of(42) }) as const

  it('resolves with its own reply, whatever the order of the replies', async () => {
    const [a, b] = [ask(), ask()]
    await t.run(0)
    expect(t.connection.items.slice(-2)).toMatchObject([
      { type: 'request', id: 2, request: 3 },
      { type: 'request', id: 3, request: 3 },
    ])
    t.connection.send(...t.connection.reliable({ ...reply(3), payload: Uint8Array.of(7) }, reply(2)))
    await t.run(0)
    expect(await Promise.all([a, b])).toEqual([42, 7])
    expect(t.link.requests.size).toBe(0)
  })

  it('rejects with the code of a refusal', async () => {
    const failed = expect(ask()).rejects.toEqual(new RefusedError('no-ship', 'you have none'))
    t.connection.send(
      ...t.connection.reliable({ type: 'refusal', channel: 1, id: 2, code: 'no-ship', text: 'you have none' }),
    )
    await t.run(0)
    await failed
  })

  it('rejects with what its decoder throws, and the rest of the packet is read', async () => {
    const asked = t.room.link.request(0, new Uint8Array(0), () => {
      throw new Error('a bug of the game')
    })
    const failed = expect(asked).rejects.toThrow('a bug of the game')
    t.connection.send(...t.connection.reliable(reply(2), message(5)))
    await t.run(0)
    await failed
    expect(t.room.log.at(-1)).toBe('message 0: 5')
  })

  it('[CLK2] rejects after its timeout, tells the server, and drops a reply that comes later', async () => {
    const failed = expect(ask({ timeoutMs: 500 })).rejects.toBeInstanceOf(RequestTimeoutError)
    await t.run(500)
    await failed
    expect(t.connection.items.at(-1)).toEqual({ type: 'cancel', channel: 1, id: 2 })
    t.connection.send(...t.connection.reliable(reply(2)))
    await t.run(0)
    expect(t.link.isClosed).toBe(false)
  })

  it('waits for 10 s by default', async () => {
    const failed = expect(ask()).rejects.toMatchObject({
      code: 'request-timeout',
      timeoutMs: 10_000,
      message: expect.stringMatching(/^no reply to request "\w+" within 10000 ms/) as string,
    })
    for (let s = 0; s < 10; s++) {
      expect(t.link.requests.size).toBe(1)
      t.connection.send({ type: 'reliableAck', seq: 2 })
      await t.run(1000)
    }
    await failed
  })

  it('rejects with the reason of its signal, and is not sent when that was given before', async () => {
    const controller = new AbortController()
    const failed = expect(ask({ signal: controller.signal })).rejects.toBe('not needed')
    await t.run(0)
    controller.abort('not needed')
    await failed
    await t.run(0)
    expect(t.connection.items.at(-1)).toMatchObject({ type: 'cancel', id: 2 })
    const before = t.connection.items.length
    await expect(ask({ signal: AbortSignal.abort('never') })).rejects.toBe('never')
    await t.run(0)
    expect(t.connection.items).toHaveLength(before)
  })

  it('survives a drop: its reply may come on the next connection', async () => {
    const asked = ask()
    await t.run(0)
    t.server.connect.cut()
    await t.run(0)
    t.connection.continueFrom(1)
    t.connection.welcome({ resumed: true, seatResumed: true, receivedSeq: 2 })
    t.connection.send(...t.connection.reliable(reply(2)))
    await t.run(0)
    expect(await asked).toBe(42)
  })

  it('[CLK2] ends with the seat, and with the link', async () => {
    const first = expect(ask()).rejects.toMatchObject({ code: 'room-closed' })
    t.connection.send(...t.connection.reliable({ type: 'left', channel: 1, reason: 'room-closed' }))
    await t.run(0)
    await first
    const other = new LinkSetup()
    await other.seat()
    const asked = other.room.link.request(0, new Uint8Array(0), () => 0)
    const second = expect(asked).rejects.toMatchObject({ code: 'replaced' })
    other.connection.close(CLOSE.replaced.code)
    await other.run(0)
    await second
    expect(other.clock.pending).toBe(0)
  })

  it('is refused at once beyond the limit of pending ones, and with a timeout that is none', async () => {
    const many = Array.from({ length: LIMITS.maxPendingRequests }, () => ask().catch(() => {}))
    await expect(ask()).rejects.toMatchObject({ code: 'too-many-requests' })
    expect(() => ask({ timeoutMs: 0 })).toThrow('timeoutMs: expected milliseconds > 0, got 0')
    t.link.close()
    await Promise.all(many)
  })

  it('is refused when the reliable buffer is full', async () => {
    while (t.room.link.push({ ...message(1), payload: new Uint8Array(8000) }));
    await expect(t.room.link.request(0, new Uint8Array(8000), () => 0)).rejects.toMatchObject({ code: 'buffer-full' })
  })
})

describe('leaving', () => {
  it('resolves when the server agrees, and leaves the link for the next room', async () => {
    let hasLeft = false
    const leaving = t.room.link.leave().then(() => (hasLeft = true))
    expect(t.room.link.leave()).toBeInstanceOf(Promise)
    await t.run(0)
    expect(t.connection.items.filter(({ type }) => type === 'leave')).toHaveLength(1)
    expect(hasLeft).toBe(false)
    t.connection.send(...t.connection.reliable({ type: 'left', channel: 1, reason: 'left' }))
    await t.run(0)
    await leaving
    expect(t.room.endedBy).toMatchObject({ name: 'left', retry: false })
    expect(t.store.load()).toBeNull()
    t.join()
    await t.run(0)
    expect(t.connection.items.at(-1)).toMatchObject({ type: 'join', channel: 2 })
  })

  it('does not wait for ever for a server that does not answer', async () => {
    const leaving = t.room.link.leave()
    await t.run(2000)
    await leaving
    expect(t.room.endedBy?.name).toBe('left')
  })

  it('by closing tells the server first, and nothing comes back', async () => {
    t.link.close()
    t.link.close()
    await t.run(60_000)
    expect(t.connection.items.at(-1)).toEqual({ type: 'leave', channel: 1 })
    expect(t.connection.closed).toMatchObject({ code: CLOSE.left.code })
    expect(t.room.endedBy?.name).toBe('left')
    expect(t.store.load()).toBeNull()
    expect(t.server.connections).toHaveLength(1)
    expect(t.clock.pending).toBe(0)
    expect(t.page.listeners.size).toBe(0)
  })
})
