import { beforeEach, describe, expect, it } from 'vitest'
import type { Transport as ClientTransport } from '../../../sdk/src/connection/transport.ts'
import type { Accept, Transport as ServerTransport } from '../../../server/src/transport/transport.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { createMemoryConnect } from '../../../tickwire/src/testing/memory-transport.ts'
import type { MemoryConnect } from '../../../tickwire/src/testing/memory-transport.ts'

const clock = new FakeClock()
let log: string[] = []
let server: ServerTransport | null = null
let connect: MemoryConnect

const accept: Accept = (transport) => {
  server = transport
  return {
    onReceive: (bytes) => log.push(`server got ${bytes.join()}`),
    onClose: (code, reason) => log.push(`server closed ${code} ${reason}`),
  }
}

function open(url = 'ws://here'): ClientTransport {
  return connect(url, {
    onOpen: () => log.push('client open'),
    onReceive: (bytes) => log.push(`client got ${bytes.join()}`),
    onClose: (code, reason) => log.push(`client closed ${code} ${reason}`),
  })
}

beforeEach(() => {
  log = []
  server = null
  connect = createMemoryConnect({
    clock,
    find: (url) => (url === 'ws://here' ? accept : null),
    peer: { ip: '10.0.0.7' },
  })
})

describe('a connection in memory', () => {
  it('opens, tells the server of its peer, and carries packets both ways in order', () => {
    const client = open()
    expect(log).toEqual([])
    clock.advance(0)
    expect(server!.peer).toEqual({ ip: '10.0.0.7', origin: null, originAllowed: true })
    client.send(Uint8Array.of(1))
    client.send(Uint8Array.of(2, 3))
    expect(server!.send(Uint8Array.of(4))).toBe('sent')
    clock.advance(0)
    expect(log).toEqual(['client open', 'server got 1', 'server got 2,3', 'client got 4'])
  })

  it('copies at the call, and takes the bytes back when the receiver returns', () => {
    const kept: Uint8Array[] = []
    const client = connect('ws://here', { onOpen: () => {}, onReceive: (bytes) => kept.push(bytes), onClose: () => {} })
    clock.advance(0)
    const bytes = Uint8Array.of(9)
    client.send(bytes)
    server!.send(bytes)
    bytes[0] = 0
    clock.advance(0)
    expect(log).toEqual(['server got 9'])
    expect(kept[0]).toEqual(Uint8Array.of(0xdd))
  })

  it('gives both ends the code and the reason of a close, behind what was sent before it', () => {
    const client = open()
    clock.advance(0)
    client.send(Uint8Array.of(1))
    client.close(4013, 'left')
    client.send(Uint8Array.of(2))
    clock.advance(0)
    expect(log).toEqual(['client open', 'server got 1', 'server closed 4013 left', 'client closed 4013 left'])
    expect(server!.send(Uint8Array.of(3))).toBe('closed')
    expect(connect.openCount).toBe(0)
  })

  it('lets the server close at once, and the client sees the opening first', () => {
    connect = createMemoryConnect({
      clock,
      find: () => (transport) => {
        transport.close(4002, 'origin')
        return accept(transport)
      },
    })
    open()
    clock.advance(0)
    expect(log).toEqual(['client open', 'client closed 4002 origin', 'server closed 4002 origin'])
  })

  it('ends with 1006 on both ends when it is cut or terminated, and loses what was on its way', () => {
    for (const end of [() => connect.cut(), () => server!.terminate()]) {
      log = []
      const client = open()
      clock.advance(0)
      client.send(Uint8Array.of(1))
      end()
      client.close(1000, '')
      clock.advance(0)
      expect(log).toEqual(['client open', 'server closed 1006 ', 'client closed 1006 '])
    }
    expect(clock.pending).toBe(0)
  })

  it('ends an attempt with one 1006 where nobody listens, or that is closed before it opens', () => {
    open('ws://elsewhere')
    open().close(1000, '')
    clock.advance(0)
    expect(log).toEqual(['client closed 1006 ', 'client closed 1006 '])
    expect(server).toBeNull()
  })
})
