import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import type { IncomingMessage } from 'node:http'
import type { Direction } from '@tickwire/sdk/internal'
import { UsageError } from '../cli/usage.ts'

/** Hears what goes through a relay. `connection` counts from 1. */
export interface RelayListener {
  onOpen(connection: number, path: string): void
  onPacket(connection: number, direction: Direction, packet: Uint8Array): void
  /** Text frames, which the protocol does not have; they are passed on all the same. */
  onText(connection: number, direction: Direction, text: string): void
  /** @param by who ended it: `up` is the client */
  onClose(connection: number, by: Direction, code: number, reason: string): void
}

export interface RelayOptions {
  /** The server behind, such as `ws://localhost:2567/tickwire`. */
  readonly target: URL
  /** Where to listen, on 127.0.0.1; 0: any free port. */
  readonly port: number
  readonly listener: RelayListener
}

export interface Relay {
  /** What clients are given in place of the server's address. */
  readonly url: string
  close(): Promise<void>
}

/** Headers of the client that the server decides by. */
const PASSED_ON = ['origin', 'cookie', 'authorization', 'user-agent'] as const
const NO_CODE = 1005
const ABNORMAL = 1006
const TLS_FAILED = 1015

/** Listens, and passes on every message both ways as it is. @throws UsageError when the port is taken */
export async function startRelay({ target, port, listener }: RelayOptions): Promise<Relay> {
  const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', ({ message }) => reject(new UsageError(`cannot listen on port ${port}: ${message}`)))
  })
  let connections = 0
  server.on('connection', (near, request) => relay(near, request, target, ++connections, listener))
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `ws://localhost:${taken}${target.pathname}`,
    close: () =>
      new Promise((resolve) => {
        for (const near of server.clients) near.terminate()
        server.close(() => resolve())
      }),
  }
}

function relay(
  near: WebSocket,
  request: IncomingMessage,
  target: URL,
  connection: number,
  listener: RelayListener,
): void {
  const path = request.url ?? '/'
  const far = openFar(near, request, new URL(path === '/' ? target.pathname : path, target))
  listener.onOpen(connection, path)
  // Until the far end is there, the near one waits: its first packet must not be lost.
  near.pause()
  far.on('open', () => near.resume())
  let isOver = false
  const pass = (from: WebSocket, to: WebSocket, direction: Direction): void => {
    from.on('message', (data: Buffer, isBinary) => {
      // What was held back for a far end that never came.
      if (isOver) return
      if (isBinary) listener.onPacket(connection, direction, data)
      else listener.onText(connection, direction, data.toString())
      to.send(data, { binary: isBinary })
    })
    let fault = ''
    // Its close follows.
    from.on('error', ({ message }) => (fault = message))
    from.on('close', (code, reason) => {
      if (!isOver) listener.onClose(connection, direction, code, reason.toString() || fault)
      isOver = true
      near.resume()
      end(to, code, reason)
    })
  }
  pass(near, far, 'up')
  pass(far, near, 'down')
}

function openFar(near: WebSocket, { headers }: IncomingMessage, url: URL): WebSocket {
  const kept = PASSED_ON.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]))
  return new WebSocket(url, near.protocol === '' ? [] : [near.protocol], {
    perMessageDeflate: false,
    headers: Object.fromEntries(kept),
  })
}

/** Ends one side as the other one ended: codes that do not travel are a lost connection. */
function end(socket: WebSocket, code: number, reason: Buffer): void {
  if (code === ABNORMAL || code === TLS_FAILED) socket.terminate()
  else if (code === NO_CODE) socket.close()
  else socket.close(code, reason)
}
