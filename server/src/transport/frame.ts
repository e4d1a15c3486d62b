import type { SendResult } from './transport.ts'

/**
 * The WebSocket frame of a packet (RFC 6455, 5.2): one unmasked, final, binary frame.
 *
 *     | 0x82 | length: 7 bits, or 126 and u16, or 127 and u64, big-endian | payload |
 */
const FINAL_BINARY = 0x82
const LENGTH_IN_16 = 126
const LENGTH_IN_64 = 127
const MAX_IN_7 = 125
const MAX_IN_16 = 0xffff

/** Bytes in front of a payload of this length. */
export function headerLength(payloadLength: number): number {
  if (payloadLength <= MAX_IN_7) return 2
  return payloadLength <= MAX_IN_16 ? 4 : 10
}

/** Writes header and payload to the start of `target`. */
export function encodeFrame(target: Buffer, payload: Uint8Array): void {
  const { length } = payload
  const header = headerLength(length)
  target[0] = FINAL_BINARY
  if (header === 2) {
    target[1] = length
  } else if (header === 4) {
    target[1] = LENGTH_IN_16
    target[2] = length >>> 8
    target[3] = length & 0xff
  } else {
    target[1] = LENGTH_IN_64
    // 48 bits are enough for any buffer, and the upper 16 are zero.
    target.writeUInt16BE(0, 2)
    target.writeUIntBE(length, 4, 6)
  }
  target.set(payload, header)
}

/** The part of a socket that frames need. */
export interface FrameSocket {
  readonly writable: boolean
  readonly writableLength: number
  write(bytes: Uint8Array): boolean
}

/** Snapshots and most joins fit; a larger frame gets a buffer of its own. */
const SCRATCH_BYTES = 16_384

/**
 * Sends each packet as one contiguous write: one system call and one TCP segment where `ws` would make two.
 *
 * All clients share one scratch buffer. That is safe because a socket of Node with nothing pending hands a write to the
 * kernel at once: if nothing is pending after it either, the bytes have been copied and the buffer is free again. If
 * something is, the buffer is the socket's now, and a new scratch takes its place.
 */
export class FrameWriter {
  private scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  /** The first bytes of the scratch, by their number: a new view costs more than the bytes that it shows. */
  private readonly views = new Map<number, Buffer>()

  /** @param isKernelSocket false: the socket may keep what it was given (a stream in memory does), so nothing is reused */
  write(socket: FrameSocket, payload: Uint8Array, isKernelSocket: boolean): SendResult {
    if (!socket.writable) return 'closed'
    const length = headerLength(payload.length) + payload.length
    const mayReuse = isKernelSocket && length <= SCRATCH_BYTES && socket.writableLength === 0
    const frame = mayReuse ? this.viewOf(length) : Buffer.allocUnsafe(length)
    encodeFrame(frame, payload)
    socket.write(frame)
    if (socket.writableLength === 0) return 'sent'
    if (mayReuse) this.replace()
    return 'queued'
  }

  private viewOf(length: number): Buffer {
    let view = this.views.get(length)
    if (view === undefined) this.views.set(length, (view = this.scratch.subarray(0, length)))
    return view
  }

  private replace(): void {
    this.scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
    this.views.clear()
  }
}
