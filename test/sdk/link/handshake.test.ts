import { CLOSE, LIMITS, PROTOCOL_VERSION, RefusedError, SchemaMismatchError } from '@tickwire/protocol'
import { describeSection, NO_WISH } from '@tickwire/protocol/internal'
import type { ServerItem } from '@tickwire/protocol/internal'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConnectionClosedError, StateError, UnreachableError } from '../../../sdk/src/errors.ts'
import { impairConnect } from '../../../sdk/src/impair/impair-connect.ts'
import { arenaSchema } from '../../games/arena/arena.ts'
import { bytesOf, joined, welcome } from '../fake-server.ts'
import { codec, LinkSetup, URL } from './link-setup.ts'

let t: LinkSetup
beforeEach(() => {
  t = new LinkSetup()
})

const refused = (change: Partial<Extract<ServerItem, { type: 'joinRefused' }>>): ServerItem => ({
  type: 'joinRefused',
  channel: 1,
  code: 'room-full',
  text: '',
  section: '',
  description: '',
  ...change,
})

describe('the first packet', () => {
  it('[HSK1] holds hello and join together, so that a join costs one round trip', async () => {
    t.join()
    await t.run(0)
    expect(t.server.urls).toEqual([URL])
    expect(t.connection.packets).toHaveLength(1)
    const [hello, join] = t.connection.packets[0]!
    expect(hello).toMatchObject({ type: 'hello', protocolVersion: PROTOCOL_VERSION, ticket: 'ticket', resume: null })
    expect(join).toMatchObject({
      type: 'reliable',
      seq: 1,
      item: { type: 'join', channel: 1, verb: 'joinOrCreate', game: 'arena', hashes: codec.hashes, room: '' },
    })
  })

  it('is followed by nothing until the welcome, however long the server takes to find out who we are', async () => {
    t.join()
    await t.run(0)
    await t.run(5000)
    expect(t.connection.packets).toHaveLength(1)
    t.connection.welcome()
    await t.run(0)
    expect(t.connection.messages.slice(2).map(({ type }) => type)).toEqual(['ping', 'ping', 'ping'])
  })

  it('goes out again, whole, when the connection drops before the welcome', async () => {
    t.join()
    await t.run(0)
    t.connection.close(CLOSE['try-later'].code)
    await t.run(0)
    expect(t.server.connections).toHaveLength(2)
    expect(t.connection.messages.map(({ type }) => type)).toEqual(['hello', 'reliable'])
    expect(t.connection.last('hello')).toEqual(t.server.connections[0]!.last('hello'))
    expect(t.connection.last('reliable').seq).toBe(1)
  })

  it('[HSK12] names a link that nobody else has, and goes on with it when the server had heard it already', async () => {
    t.join()
    await t.run(0)
    const { linkId, token } = t.connection.last('hello')
    expect(new Set([linkId, token].map((bytes) => bytes.join())).size).toBe(2)
    t.connection.close(CLOSE['try-later'].code)
    await t.run(0)
    const { connection } = t
    connection.send(welcome({ linkId, resumed: true, receivedSeq: 1 }), ...connection.reliable(joined(1)))
    connection.send({ type: 'snapshot', channel: 1, bytes: Uint8Array.of(9) })
    await t.run(0)
    expect(t.outcome?.type).toBe('seated')
    expect(connection.messages.filter(({ type }) => type === 'reliable')).toHaveLength(1)
    expect(t.link.connection.phase).toBe('online')
  })

  it('goes out again also when the next connection does not open: the server was there', async () => {
    t.join()
    await t.run(0)
    t.server.isUp = false
    t.connection.close(CLOSE['try-later'].code)
    await t.run(300)
    expect(t.failure).toBeNull()
    t.server.isUp = true
    await t.run(1000)
    expect(t.connection.messages.map(({ type }) => type)).toEqual(['hello', 'reliable'])
  })
})

describe('a join', () => {
  it('opens the room before the snapshot of the same packet is read, and resolves when the world is there', async () => {
    t.join()
    await t.run(0)
    const { connection } = t
    connection.send(welcome(), ...connection.reliable(joined(1)))
    await t.run(0)
    expect(t.room.joined).toMatchObject({ roomId: 'r1', seat: 3, tick: 100 })
    expect(t.outcome).toBeNull()
    connection.send({ type: 'snapshot', channel: 1, bytes: Uint8Array.of(9, 8) })
    await t.run(0)
    expect(t.outcome).toEqual({ type: 'seated', receiver: t.room })
    const other = new LinkSetup()
    await other.seat()
    expect(other.room.log).toEqual(['snapshot 9'])
    expect(other.outcome?.type).toBe('seated')
  })

  it('rejects with the code of the refusal and leaves the link usable', async () => {
    t.join()
    await t.run(0)
    const { connection } = t
    connection.send(welcome(), ...connection.reliable(refused({ code: 'round-over', text: 'wait' })))
    await t.run(0)
    expect(t.failure).toBeInstanceOf(RefusedError)
    expect(t.failure).toMatchObject({ code: 'round-over', message: 'wait' })
    t.join()
    await t.run(0)
    expect(t.server.connections).toHaveLength(1)
    expect(connection.last('reliable')).toMatchObject({ seq: 2, item: { type: 'join', channel: 2 } })
  })

  it('[HSK8] names the first field that differs when the schemas do', async () => {
    t.join()
    await t.run(0)
    const { connection } = t
    const description = describeSection(arenaSchema, 'entities').map((line) => line.replace('"max":30', '"max":60'))
    const mismatch = { code: 'schema-mismatch', section: 'entities', description: description.join('\n') }
    connection.send(welcome(), ...connection.reliable(refused(mismatch)))
    await t.run(0)
    expect(t.failure).toBeInstanceOf(SchemaMismatchError)
    expect(t.failure).toMatchObject({ game: 'arena', section: 'entities', path: 'ship.ammo' })
  })

  it('names the section alone when the server describes one that this page does not know', async () => {
    t.join()
    await t.run(0)
    const { connection } = t
    const mismatch = { code: 'schema-mismatch', section: 'weather', description: 'rain' }
    connection.send(welcome(), ...connection.reliable(refused(mismatch)))
    await t.run(0)
    expect(t.failure).toMatchObject({ section: 'weather', path: null })
  })

  it('hands a redirect to its caller', async () => {
    t.join()
    await t.run(0)
    const { connection } = t
    connection.send(
      welcome(),
      ...connection.reliable({ type: 'redirect', channel: 1, url: 'ws://b', reservation: 'x' }),
    )
    await t.run(0)
    expect(t.outcome).toMatchObject({ type: 'redirect', url: 'ws://b', reservation: 'x' })
  })

  it('fails after a bounded wait, and tells the server that nobody is there any more', async () => {
    t.join()
    await t.run(0)
    t.connection.welcome()
    await t.run(0)
    for (let s = 0; s < 12; s++) {
      t.connection.send({ type: 'reliableAck', seq: 1 })
      await t.run(1000)
    }
    expect(t.failure?.code).toBe('join-timeout')
    expect(t.connection.items.at(-1)).toEqual({ type: 'leave', channel: 1 })
    t.connection.send(...t.connection.reliable(joined(1)))
    await t.run(0)
    expect(t.rooms).toEqual([])
  })

  it('is refused while another one is pending or a seat is held', async () => {
    t.join()
    expect(() => t.join()).toThrow(StateError)
    const other = new LinkSetup()
    await other.seat()
    expect(() => other.join()).toThrow(expect.objectContaining({ code: 'already-seated' }))
  })

  it('rejects with what the room says when it cannot be opened, and gives the seat back', async () => {
    const ask = { verb: 'create', room: '', reservation: '', wish: NO_WISH, join: new Uint8Array(0) } as const
    const outcome = t.link.join(ask, codec, () => {
      throw new Error('no canvas')
    })
    const failed = expect(outcome).rejects.toThrow('no canvas')
    await t.run(0)
    t.connection.send(welcome(), ...t.connection.reliable(joined(1)))
    await t.run(0)
    await failed
    expect(t.connection.items.at(-1)).toEqual({ type: 'leave', channel: 1 })
  })
})

describe('a server that does not take us in', () => {
  it('rejects at once with what to look at when nobody listens', async () => {
    t.server.isUp = false
    t.join()
    await t.run(0)
    expect(t.failure).toBeInstanceOf(UnreachableError)
    expect(t.failure?.message).toMatch(/ws:\/\/here\/tickwire.*is the server running/)
    expect(t.states).toEqual(['closed abnormal'])
    expect(t.clock.pending).toBe(0)
  })

  it('rejects when the connection does not open within the handshake timeout', async () => {
    const blackHole = impairConnect(t.server.connect, {}, t.clock, () => 0)
    blackHole.stall(Infinity)
    t.link = t.makeLink(blackHole)
    t.join()
    await t.run(LIMITS.handshakeTimeoutMs - 1)
    expect(t.failure).toBeNull()
    await t.run(1)
    expect(t.failure?.message).toContain('did not open within 5000 ms')
  })

  it.each([
    ['[HSK2] version-mismatch', 'version-mismatch', 'the page speaks protocol version 1, the server 2'],
    ['origin-refused', 'origin-refused', 'http://evil.example is not among allowedOrigins'],
    ['auth-failed', 'auth-failed', 'ticket expired'],
  ] as const)(
    '%s rejects with a typed error that carries what the server said, and is final',
    async (_, name, said) => {
      t.join()
      await t.run(0)
      t.connection.close(CLOSE[name].code, said)
      await t.run(60_000)
      expect(t.failure).toBeInstanceOf(ConnectionClosedError)
      expect(t.failure?.code).toBe(name)
      expect(t.failure?.message).toContain(said)
      expect(t.server.connections).toHaveLength(1)
      expect(t.clock.pending).toBe(0)
    },
  )

  it('is tried again while it says "later", until the join would have timed out', async () => {
    t.join()
    for (let i = 0; i < 40; i++) {
      await t.run(500)
      if (t.connection.closed === null) t.connection.close(CLOSE['try-later'].code)
    }
    expect(t.server.connections.length).toBeGreaterThan(3)
    expect(t.failure?.code).toBe('try-later')
    expect(t.link.isClosed).toBe(true)
    expect(t.clock.pending).toBe(0)
  })

  it('is given up when it accepts and then never welcomes', async () => {
    t.join()
    await t.run(0)
    const first = t.connection
    await t.run(LIMITS.joinTimeoutMs + 2000)
    expect(first.closed?.code).toBe(CLOSE['handshake-timeout'].code)
    expect(t.failure?.code).toBe('join-timeout')
  })

  it('[HSK3] breaks the protocol when something comes before the welcome, or a second one', async () => {
    t.join()
    await t.run(0)
    t.connection.send({ type: 'reliableAck', seq: 0 })
    await t.run(0)
    expect(t.failure?.code).toBe('protocol-error')
    expect(t.connection.closed).toMatchObject({ code: CLOSE['protocol-error'].code })
    const other = new LinkSetup()
    await other.seat()
    other.connection.welcome({ token: bytesOf(9) })
    await other.run(0)
    expect(other.room.endedBy?.name).toBe('protocol-error')
  })
})
