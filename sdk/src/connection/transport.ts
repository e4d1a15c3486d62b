/**
 * One ordered pipe of byte packets: a WebSocket, or a pair in memory. It knows nothing of links, rooms or messages. A
 * transport is used once: after `onClose` it stays closed.
 */
export interface Transport {
  /** Queues one packet. The bytes may be reused by the caller after the call. */
  send(bytes: Uint8Array): void
  /** True: packets that hold nothing but inputs may be lost, all others arrive (default: all arrive). Inputs then travel more than once. */
  readonly losesInputs?: boolean
  /** Bytes accepted by `send` that the platform still holds. */
  readonly bufferedBytes: number
  /** Ends it; `onClose` follows unless it was closed already. Codes outside 1000 and 3000 to 4999 are not allowed. */
  close(code: number, reason: string): void
}

export interface TransportHandlers {
  onOpen(): void
  /** The bytes are the receiver's only until it returns. */
  onReceive(bytes: Uint8Array): void
  onClose(code: number, reason: string): void
}

/** Starts a connection attempt; exactly one `onClose` ends it, with or without an `onOpen` before; neither comes inside of this call. */
export type Connect = (url: string, handlers: TransportHandlers) => Transport
