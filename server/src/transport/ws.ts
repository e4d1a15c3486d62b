import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { CLOSE } from '@tickwire/protocol'
import { clipReason } from '@tickwire/protocol/internal'
import { WebSocketServer } from 'ws'
import type { RawData, WebSocket } from 'ws'
import { FrameWriter } from './frame.ts'
import { clientAddress } from './client-address.ts'
import type { IsTrusted } from './client-address.ts'
import { isOriginAllowed } from './origin.ts'
import type { Accept, Listener, Peer, SendResult, Transport, TransportHandlers } from './transport.ts'

/** The part of an `http.Server` that is used: tests upgrade streams in memory. */
export interface UpgradeSource {
  on(event: 'upgrade', listener: UpgradeListener): unknown
  off(event: 'upgrade', listener: UpgradeListener): unknown
  listenerCount(event: 'upgrade'): number
}
type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface WebSocketOptions {
  readonly httpServer: UpgradeSource
  /** The path of our connections; upgrades elsewhere are left to others. */
  readonly path: string
  /** Origins besides the own one; see `isOriginAllowed`. */
  readonly allowedOrigins: readonly string[]
  /** Default: there is no proxy, and nobody's word counts. */
  readonly isTrustedProxy?: IsTrusted
  readonly accept: Accept
  /** Told of the path of an upgrade that nobody could answer. */
  readonly onElsewhere?: (path: string) => void
  /** Bytes of one message; a larger one ends its connection before it is buffered. */
  readonly maxClientMessageBytes: number
}

/** A message of 16 KiB in the smallest pieces that honest senders and proxies make. */
const MAX_FRAGMENTS = 32
/** Reads of the socket for one frame: one per TCP segment and then some. */
const MAX_BUFFERED_CHUNKS = 256
/** A peer that does not answer a close frame for this long is dropped, in ms. */
const CLOSE_TIMEOUT_MS = 3000

/** Accepts WebSockets on the `upgrade` event of an HTTP server. */
export function attachWebSockets(options: WebSocketOptions): Listener {
  const { httpServer, path } = options
  const settings = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxClientMessageBytes,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    closeTimeout: CLOSE_TIMEOUT_MS,
  }
  const server = new WebSocketServer(settings)
  const frames = new FrameWriter()
  const onUpgrade: UpgradeListener = (request, socket, head) => {
    if (pathOf(request) !== path) {
      // Where nobody else could answer, silence would leave the client waiting for ever.
      if (httpServer.listenerCount('upgrade') > 1) return
      socket.end(NOT_FOUND)
      options.onElsewhere?.(pathOf(request))
      return
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const transport = new WebSocketTransport(webSocket, socket, peerOf(request, options), frames)
      transport.listen(options.accept(transport))
    })
  }
  httpServer.on('upgrade', onUpgrade)
  return {
    close: () =>
      new Promise((resolve) => {
        httpServer.off('upgrade', onUpgrade)
        server.close(() => resolve())
      }),
  }
}

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?', 1)[0]!
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

const trustNobody: IsTrusted = () => false

function peerOf({ headers, socket }: IncomingMessage, options: WebSocketOptions): Peer {
  const { allowedOrigins, isTrustedProxy = trustNobody } = options
  const origin = headers.origin ?? null
  const question = { origin, host: headers.host ?? null, localAddress: socket.localAddress ?? null, allowedOrigins }
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const ip = clientAddress(socket.remoteAddress ?? 'unknown', forwarded, isTrustedProxy)
  return { ip, origin, originAllowed: isOriginAllowed(question) }
}

/**
 * One WebSocket. `ws` does the handshake, control frames and parsing; packets are written into the socket directly, each
 * as one frame. That is safe beside `ws`: it has nothing queued of its own (no compression, no blobs), so its pings, pongs and
 * close frames are whole frames between ours, and after its close frame `readyState` stops us.
 */
class WebSocketTransport implements Transport {
  readonly peer: Peer
  private readonly webSocket: WebSocket
  private readonly socket: Duplex
  private readonly isKernelSocket: boolean
  private readonly frames: FrameWriter
  private handlers: TransportHandlers | null = null
  private pings = 0
  private onPong: (() => void) | null = null

  constructor(webSocket: WebSocket, socket: Duplex, peer: Peer, frames: FrameWriter) {
    this.webSocket = webSocket
    this.socket = socket
    this.isKernelSocket = socket instanceof Socket
    this.peer = peer
    this.frames = frames
  }

  listen(handlers: TransportHandlers): void {
    this.handlers = handlers
    this.webSocket.on('message', (data, isBinary) => this.onMessage(data, isBinary))
    this.webSocket.on('pong', (data) => this.onPongFrame(data))
    this.webSocket.on('error', (error: NodeJS.ErrnoException) => this.onFault(error))
    this.webSocket.on('close', (code, reason) => this.tellClosed(code, reason.toString()))
  }

  get bufferedBytes(): number {
    return this.socket.writableLength
  }

  send(bytes: Uint8Array): SendResult {
    if (this.webSocket.readyState !== this.webSocket.OPEN) return 'closed'
    return this.frames.write(this.socket, bytes, this.isKernelSocket)
  }

  close(code: number, reason: string): void {
    this.webSocket.close(code, clipReason(reason))
  }

  terminate(): void {
    this.webSocket.terminate()
  }

  /** Only the answer to the newest ping counts: an older one would measure a longer time than it took. */
  ping(onPong: () => void): void {
    if (this.webSocket.readyState !== this.webSocket.OPEN) return
    this.pings++
    this.onPong = onPong
    this.webSocket.ping(String(this.pings))
  }

  private onPongFrame(data: Buffer): void {
    const { onPong } = this
    if (onPong === null || data.toString() !== String(this.pings)) return
    this.onPong = null
    onPong()
  }

  private onMessage(data: RawData, isBinary: boolean): void {
    if (this.handlers === null) return
    if (!isBinary) {
      const { code } = CLOSE['protocol-error']
      const reason = 'expected a binary frame, got a text frame'
      this.webSocket.close(code, reason)
      this.tellClosed(code, reason)
      return
    }
    // Buffers are what ws gives unless it is told otherwise.
    this.handlers.onReceive(data as Buffer)
  }

  /** A frame that ws refused; it has sent its close frame already, and what code it chose is told by its error. */
  private onFault(error: NodeJS.ErrnoException): void {
    const code = FAULT_CODES.get(error.code ?? '') ?? CLOSE['bad-frame'].code
    this.tellClosed(code, error.message)
  }

  private tellClosed(code: number, reason: string): void {
    const { handlers } = this
    this.handlers = null
    this.onPong = null
    handlers?.onClose(code, reason)
  }
}

/** Errors of ws that do not end in 1002. */
const FAULT_CODES: ReadonlyMap<string, number> = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', CLOSE['frame-too-big'].code],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', CLOSE['frame-too-big'].code],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', CLOSE.policy.code],
  ['WS_ERR_INVALID_UTF8', CLOSE['bad-text'].code],
])
