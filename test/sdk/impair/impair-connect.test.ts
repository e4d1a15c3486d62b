import { ConfigError, Random } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Transport } from '../../../sdk/src/connection/transport.ts'
import { impairConnect } from '../../../sdk/src/impair/impair-connect.ts'
import type { ImpairedConnect } from '../../../sdk/src/impair/impair-connect.ts'
import type { Impairment } from '../../../sdk/src/impair/impairment.ts'
import type { Transport as ServerTransport } from '../../../server/src/transport/transport.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { createMemoryConnect } from '../../../tickwire/src/testing/memory-transport.ts'
import type { MemoryConnect } from '../../../tickwire/src/testing/memory-transport.ts'

let clock = new FakeClock(0)
let log: string[] = []
let server: ServerTransport | null = null
let memory: MemoryConnect
let connect: ImpairedConnect

const note = (text: string): void => void log.push(`${clock.nowMs()} ${text}`)

function impair(impairment: Impairment): void {
  const random = new Random(1)
  connect = impairConnect(memory, impairment, clock, () => random.next())
}

function open(): Transport {
  return connect('ws://here', {
    onOpen: () => note('client open'),
    onReceive: (bytes) => note(`client got ${bytes.join()}`),
    onClose: (code, reason) => note(`client closed ${code} ${reason}`.trim()),
  })
}

function take(): string[] {
  const taken = log
  log = []
  return taken
}

beforeEach(() => {
  clock = new FakeClock(0)
  log = []
  server = null
  memory = createMemoryConnect({
    clock,
    find: () => (transport) => {
      server = transport
      note('server accepts')
      return {
        onReceive: (bytes) => note(`server got ${bytes.join()}`),
        onClose: (code, reason) => note(`server closed ${code} ${reason}`.trim()),
      }
    },
  })
})

describe('impairConnect', () => {
  it('refuses a stall that cannot be, even while nothing is open', () => {
    impair({})
    for (const forMs of [-1, Number.NaN]) expect(() => connect.stall(forMs)).toThrow('stall')
    open()
    clock.advance(0)
    expect(take()).toEqual(['0 server accepts', '0 client open'])
  })

  it('opens within two round trips, and delays packets and closes both ways', () => {
    impair({ latencyMs: 50 })
    const client = open()
    clock.advance(200)
    client.send(Uint8Array.of(1))
    server!.send(Uint8Array.of(2))
    clock.advance(50)
    client.close(4013, 'left')
    clock.advance(1000)
    expect(log).toEqual([
      '150 server accepts',
      '200 client open',
      '250 client got 2',
      '250 server got 1',
      '300 server closed 4013 left',
      '350 client closed 4013 left',
    ])
    expect(clock.pending).toBe(0)
  })

  it('copies what is sent and what is received', () => {
    impair({ latencyMs: 10 })
    const client = open()
    clock.advance(40)
    const bytes = Uint8Array.of(1, 2)
    client.send(bytes)
    server!.send(bytes)
    bytes.fill(9)
    clock.advance(10)
    expect(take().slice(2)).toEqual(['50 client got 1,2', '50 server got 1,2'])
  })

  it('passes a close of the server on, behind what it sent before', () => {
    impair({ latencyMs: 10 })
    open()
    clock.advance(40)
    take()
    server!.send(Uint8Array.of(5))
    server!.close(4011, 'kicked')
    clock.advance(10)
    expect(take()).toEqual(['40 server closed 4011 kicked', '50 client got 5', '50 client closed 4011 kicked'])
  })

  it('can be changed while it is in use, for open connections and later ones', () => {
    impair({})
    const client = open()
    clock.advance(0)
    connect.set({ latencyMs: 30 })
    client.send(Uint8Array.of(1))
    clock.advance(30)
    open()
    clock.advance(120)
    expect(take()).toEqual([
      '0 server accepts',
      '0 client open',
      '30 server got 1',
      '120 server accepts',
      '150 client open',
    ])
    expect(() => connect.set({ latencyMs: -1 })).toThrow(ConfigError)
  })

  it('cuts open connections: the client sees 1006, the server a reason to keep the seat', () => {
    impair({ latencyMs: 10 })
    const client = open()
    clock.advance(40)
    take()
    client.send(Uint8Array.of(1))
    server!.send(Uint8Array.of(2))
    connect.cut()
    clock.advance(100)
    expect(take()).toEqual(['40 client closed 1006', '40 server closed 4007 cut by impairment'])
    open()
    clock.advance(40)
    expect(take()).toEqual(['170 server accepts', '180 client open'])
  })

  it('does not cut the attempt that the cut itself brings about', () => {
    impair({})
    let opened = 0
    const again = (): void => {
      connect('ws://here', { onOpen: () => opened++, onReceive: () => {}, onClose: again })
    }
    again()
    clock.advance(0)
    connect.cut()
    clock.advance(0)
    expect(opened).toBe(2)
  })

  it('cuts by itself after cutAfterMs, counted from the opening', () => {
    impair({ cutAfterMs: 500 })
    open()
    clock.advance(600)
    expect(log).toEqual([
      '0 server accepts',
      '0 client open',
      '500 client closed 1006',
      '500 server closed 4007 cut by impairment',
    ])
  })

  it('is a black hole until it heals, for open connections and new attempts', () => {
    impair({ latencyMs: 10 })
    const client = open()
    clock.advance(40)
    take()
    connect.stall(Infinity)
    client.send(Uint8Array.of(1))
    server!.send(Uint8Array.of(2))
    open()
    clock.advance(60_000)
    expect(take()).toEqual([])
    connect.heal()
    clock.advance(40)
    expect(take()).toEqual(['60040 client got 2', '60040 server got 1', '60060 server accepts', '60070 client open'])
  })

  it('gives up a closing handshake that nobody answers', () => {
    impair({})
    const client = open()
    clock.advance(0)
    take()
    connect.stall(Infinity)
    client.close(4013, 'left')
    client.close(1000, 'again')
    clock.advance(5000)
    expect(take()[0]).toBe('5000 client closed 1006')
    expect(memory.openCount).toBe(0)
  })

  it('ends an attempt that is closed before it opens with one 1006', () => {
    impair({ latencyMs: 100 })
    for (const afterMs of [0, 150, 350]) {
      const client = open()
      clock.advance(afterMs)
      client.close(1000, '')
      clock.advance(10_000)
      expect(take().filter((line) => line.includes('client'))).toEqual([expect.stringContaining('client closed 1006')])
      expect(memory.openCount).toBe(0)
    }
    expect(clock.pending).toBe(0)
  })

  it('sends nothing before it is open nor after it was closed', () => {
    impair({})
    const client = open()
    client.send(Uint8Array.of(1))
    clock.advance(0)
    client.close(4013, '')
    client.send(Uint8Array.of(2))
    clock.advance(0)
    expect(log.filter((line) => line.includes('got'))).toEqual([])
  })

  it('refuses an impairment that cannot be', () => {
    expect(() => impair({ lossPercent: 200 })).toThrow(ConfigError)
  })
})
