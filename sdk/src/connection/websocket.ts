import { CLOSE, ConfigError } from '@tickwire/protocol'
import type { WebSocketConstructor, WebSocketLike } from '../client-api.ts'
import type { Connect, Transport, TransportHandlers } from './transport.ts'

/**
 * Connections by WebSocket: the platform's, or the given constructor (ws's fits).
 * @throws ConfigError when there is neither, as in Node 20
 */
export function webSocketConnect(given?: WebSocketConstructor): Connect {
  const Socket = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket
  if (Socket === undefined) {
    const hint = "this platform has none of its own; in Node install ws and pass { WebSocket } from 'ws'"
    throw new ConfigError('WebSocket', 'a WebSocket constructor', Socket, hint)
  }
  return (url, handlers) => openSocket(Socket, url, handlers)
}

function openSocket(Socket: WebSocketConstructor, url: string, handlers: TransportHandlers): Transport {
  let socket: WebSocketLike
  try {
    socket = new Socket(url)
  } catch (error) {
    // A browser throws for an address that its policies forbid. One road for all failures, and none inside of this call.
    queueMicrotask(() => handlers.onClose(CLOSE.abnormal.code, error instanceof Error ? error.message : String(error)))
    return NOTHING
  }
  Object.assign(socket, {
    // Before the first message, or browsers hand out Blobs, which can only be read asynchronously.
    binaryType: 'arraybuffer',
    onopen: () => handlers.onOpen(),
    onmessage: ({ data }: { data: unknown }) => {
      if (data instanceof ArrayBuffer) handlers.onReceive(new Uint8Array(data))
      else socket.close(CLOSE['protocol-error'].code, 'expected binary frames')
    },
    onclose: ({ code, reason }: { code: number; reason: string }) => handlers.onClose(code, reason),
    // `onclose` always follows and knows more; but ws throws an error to which nobody listens.
    onerror: () => {},
  })
  return {
    send: (bytes) => socket.send(bytes as Uint8Array<ArrayBuffer>),
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    close: (code, reason) => socket.close(code, reason),
  }
}

const NOTHING: Transport = { send: () => {}, bufferedBytes: 0, close: () => {} }
