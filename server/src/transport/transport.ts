/**
 * `'sent'`: the platform has taken it. `'queued'`: it waits behind unsent bytes, the caller should slow down.
 * `'closed'`: it is gone, nothing was sent.
 */
export type SendResult = 'sent' | 'queued' | 'closed'

/** The server's end of one client's connection: a WebSocket, or a pair in memory. */
export interface Transport {
  /** Sends one packet. The bytes may be reused by the caller after the call. */
  send(bytes: Uint8Array): SendResult
  /**
   * True: packets that hold nothing but a snapshot may be lost or come late, all others arrive in order (default: all do). Each
   * snapshot then leads on from one that the client has acknowledged.
   */
  readonly losesSnapshots?: boolean
  /** Bytes accepted by `send` that the platform still holds. */
  readonly bufferedBytes: number
  /** Closing handshake with a code; `onClose` follows. */
  close(code: number, reason: string): void
  /** Drops it without a handshake: for dead or hostile peers. */
  terminate(): void
  /**
   * Asks the peer's platform for an answer, apart from packets: a browser answers for a page whose timers are throttled.
   * `onPong` is called when it comes. Absent where the transport has no such thing.
   */
  readonly ping?: (onPong: () => void) => void
  /** What is known of the peer. */
  readonly peer: Peer
}

export interface Peer {
  readonly ip: string
  /** The `Origin` header of a browser, else null. */
  readonly origin: string | null
  /** Whether that origin may connect; when not, the link closes it with its own code (a 403 would read as 1006). */
  readonly originAllowed: boolean
}

export interface TransportHandlers {
  /** The bytes are the receiver's only until it returns. */
  onReceive(bytes: Uint8Array): void
  onClose(code: number, reason: string): void
}

/** Called for each new connection; returns who listens to it. */
export type Accept = (transport: Transport) => TransportHandlers

/** Something that accepts connections: ws on an http.Server, or a test's pair. */
export interface Listener {
  /** Stops accepting; open connections stay. */
  close(): Promise<void>
}
