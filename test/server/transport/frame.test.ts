import { describe, expect, it } from 'vitest'
import { encodeFrame, FrameWriter, headerLength } from '../../../server/src/transport/frame.ts'
import type { FrameSocket } from '../../../server/src/transport/frame.ts'

const fill = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7)

/** A socket whose kernel takes everything at once, or nothing while `isFull`. */
class FakeSocket implements FrameSocket {
  writable = true
  writableLength = 0
  isFull = false
  readonly writes: Uint8Array[] = []

  write(bytes: Uint8Array): boolean {
    this.writes.push(bytes)
    if (this.isFull) this.writableLength += bytes.length
    return !this.isFull
  }
}

describe('a frame', () => {
  it.each([
    [0, [0x82, 0]],
    [1, [0x82, 1]],
    [125, [0x82, 125]],
    [126, [0x82, 126, 0, 126]],
    [65_535, [0x82, 126, 0xff, 0xff]],
    [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
    [1_048_576, [0x82, 127, 0, 0, 0, 0, 0, 0x10, 0, 0]],
  ])('of %i bytes has the shortest header that RFC 6455 allows, and the payload behind it', (length, header) => {
    const target = Buffer.alloc(length + 16, 0xee)
    expect(headerLength(length)).toBe(header.length)
    encodeFrame(target, fill(length))
    expect([...target.subarray(0, header.length)]).toEqual(header)
    expect(Buffer.compare(target.subarray(header.length, header.length + length), fill(length))).toBe(0)
    expect(target[header.length + length]).toBe(0xee)
  })
})

describe('FrameWriter', () => {
  it('writes header and payload as one contiguous buffer', () => {
    const socket = new FakeSocket()
    expect(new FrameWriter().write(socket, fill(200), true)).toBe('sent')
    expect(socket.writes.map((bytes) => bytes.length)).toEqual([204])
  })

  it('reuses its buffer while sockets take everything at once', () => {
    const writer = new FrameWriter()
    const socket = new FakeSocket()
    writer.write(socket, fill(10), true)
    writer.write(new FakeSocket(), fill(20), true)
    writer.write(socket, fill(30), true)
    writer.write(socket, fill(10), true)
    expect(socket.writes[1]!.buffer).toBe(socket.writes[0]!.buffer)
    expect(socket.writes[2]).toBe(socket.writes[0])
  })

  it('never touches a buffer again that a socket still holds', () => {
    const writer = new FrameWriter()
    const slow = new FakeSocket()
    slow.isFull = true
    expect(writer.write(slow, fill(10), true)).toBe('queued')
    expect(writer.write(slow, fill(20), true)).toBe('queued')
    for (let i = 0; i < 3; i++) writer.write(new FakeSocket(), new Uint8Array(50), true)
    expect([...slow.writes[0]!]).toEqual([0x82, 10, ...fill(10)])
    expect([...slow.writes[1]!]).toEqual([0x82, 20, ...fill(20)])
  })

  it('never reuses a buffer that it gave to a stream in memory', () => {
    const writer = new FrameWriter()
    const socket = new FakeSocket()
    writer.write(socket, fill(10), false)
    writer.write(socket, fill(20), false)
    expect([...socket.writes[0]!]).toEqual([0x82, 10, ...fill(10)])
  })

  it('gives a frame that is larger than the shared buffer one of its own', () => {
    const writer = new FrameWriter()
    const socket = new FakeSocket()
    writer.write(socket, fill(70_000), true)
    writer.write(socket, fill(70_000), true)
    expect(socket.writes[1]!.buffer).not.toBe(socket.writes[0]!.buffer)
  })

  it('says closed, and writes nothing, when the socket was ended', () => {
    const socket = new FakeSocket()
    socket.writable = false
    expect(new FrameWriter().write(socket, fill(1), true)).toBe('closed')
    expect(socket.writes).toEqual([])
  })
})
