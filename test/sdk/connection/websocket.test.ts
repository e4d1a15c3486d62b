import { CLOSE, ConfigError } from '@tickwire/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebSocketLike } from '../../../sdk/src/client-api.ts'
import { webSocketConnect } from '../../../sdk/src/connection/websocket.ts'
import type { TransportHandlers } from '../../../sdk/src/connection/transport.ts'

let sockets: FakeSocket[] = []
let log: string[] = []

class FakeSocket implements WebSocketLike {
  binaryType = 'blob'
  bufferedAmount = 5
  onopen: ((event: never) => void) | null = null
  onmessage: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  readonly url: string

  constructor(url: string) {
    this.url = url
    sockets.push(this)
  }
  send(data: Uint8Array): void {
    log.push(`sent ${data.join()}`)
  }
  close(code?: number, reason?: string): void {
    log.push(`close ${code} ${reason}`)
  }
}

const handlers: TransportHandlers = {
  onOpen: () => log.push('open'),
  onReceive: (bytes) => log.push(`received ${bytes.join()}`),
  onClose: (code, reason) => log.push(`closed ${code} ${reason}`),
}

beforeEach(() => {
  sockets = []
  log = []
})
afterEach(() => vi.unstubAllGlobals())

describe('a transport by WebSocket', () => {
  it('asks for array buffers before anything can arrive, and offers no subprotocol', () => {
    webSocketConnect(FakeSocket)('ws://here/tickwire', handlers)
    expect(sockets[0]).toMatchObject({ url: 'ws://here/tickwire', binaryType: 'arraybuffer' })
  })

  it('passes everything on, both ways', () => {
    const transport = webSocketConnect(FakeSocket)('ws://here', handlers)
    const socket = sockets[0]!
    socket.onopen!({} as never)
    socket.onmessage!({ data: Uint8Array.of(1, 2).buffer } as never)
    transport.send(Uint8Array.of(3))
    expect(transport.bufferedBytes).toBe(5)
    transport.close(4013, 'left')
    socket.onerror!({} as never)
    socket.onclose!({ code: 4013, reason: 'left' } as never)
    expect(log).toEqual(['open', 'received 1,2', 'sent 3', 'close 4013 left', 'closed 4013 left'])
  })

  it('[PKT3] ends a connection on which text comes', () => {
    webSocketConnect(FakeSocket)('ws://here', handlers)
    sockets[0]!.onmessage!({ data: 'hello' } as never)
    expect(log).toEqual([`close ${CLOSE['protocol-error'].code} expected binary frames`])
  })

  it('reports an address that the browser forbids like any other failure, after the call', async () => {
    class Forbidding extends FakeSocket {
      constructor(url: string) {
        super(url)
        throw new DOMException('insecure', 'SecurityError')
      }
    }
    const transport = webSocketConnect(Forbidding)('ws://here', handlers)
    transport.send(Uint8Array.of(1))
    transport.close(1000, '')
    expect(transport.bufferedBytes).toBe(0)
    expect(log).toEqual([])
    await Promise.resolve()
    expect(log).toEqual(['closed 1006 insecure'])
  })

  it('takes the platform’s constructor when none is given', () => {
    vi.stubGlobal('WebSocket', FakeSocket)
    webSocketConnect()('ws://here', handlers)
    expect(sockets).toHaveLength(1)
  })

  it('says what to pass where the platform has none', () => {
    vi.stubGlobal('WebSocket', undefined)
    expect(() => webSocketConnect()).toThrow(ConfigError)
    expect(() => webSocketConnect()).toThrow("pass { WebSocket } from 'ws'")
  })
})
