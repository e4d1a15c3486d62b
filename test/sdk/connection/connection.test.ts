import { LIMITS } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { Connection } from '../../../sdk/src/connection/connection.ts'
import type { TransportHandlers } from '../../../sdk/src/connection/transport.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

let clock: FakeClock
let log: string[]
let platform: TransportHandlers
let connection: Connection

beforeEach(() => {
  clock = new FakeClock()
  log = []
  const connect = (_url: string, handlers: TransportHandlers) => {
    platform = handlers
    return {
      bufferedBytes: 3,
      send: (bytes: Uint8Array) => void log.push(`sent ${bytes.join()}`),
      close: (code: number, reason: string) => void log.push(`close ${code} ${reason}`),
    }
  }
  connection = new Connection(connect, 'ws://here', clock, {
    onOpen: () => log.push('open'),
    onPacket: (bytes) => log.push(`packet ${bytes.join()}`),
    onEnded: ({ code, detail, wasOpen }) => log.push(`ended ${code} ${detail} ${wasOpen}`),
  })
})

describe('a connection', () => {
  it('sends only while it is open', () => {
    expect([connection.send(Uint8Array.of(1)), connection.bufferedBytes]).toEqual([false, 0])
    platform.onOpen()
    expect([connection.send(Uint8Array.of(2)), connection.bufferedBytes, connection.isOpen]).toEqual([true, 3, true])
    platform.onReceive(Uint8Array.of(3))
    platform.onClose(1006, '')
    expect([connection.send(Uint8Array.of(4)), connection.bufferedBytes, connection.isOpen]).toEqual([false, 0, false])
    expect(log).toEqual(['open', 'sent 2', 'packet 3', 'ended 1006  true'])
    expect(clock.pending).toBe(0)
  })

  it('tells a failed attempt from a lost connection', () => {
    platform.onClose(1006, 'refused')
    expect(log).toEqual(['ended 1006 refused false'])
    expect(clock.pending).toBe(0)
  })

  it('is given up when it does not open in time', () => {
    clock.advance(LIMITS.handshakeTimeoutMs)
    expect(log).toEqual(['close 1000 did not open in time', 'ended 1006 it did not open within 5000 ms false'])
    platform.onOpen()
    platform.onClose(1006, '')
    expect(log).toHaveLength(2)
  })

  it('is heard no more once this end has ended it, whatever the platform still says', () => {
    platform.onOpen()
    connection.end(4007, 'x'.repeat(200))
    connection.end(4000, '')
    platform.onReceive(Uint8Array.of(1))
    platform.onClose(4007, '')
    expect(log).toEqual(['open', `close 4007 ${'x'.repeat(123)}`])
  })

  it('that is ended before it opens leaves no timer', () => {
    connection.end(1000, '')
    expect(clock.pending).toBe(0)
  })
})
