import { beforeEach, describe, expect, it } from 'vitest'
import type { ServerItem } from '@tickwire/protocol/internal'
import { SeatPort } from '../../../server/src/link/seat-port.ts'

const item: ServerItem = { type: 'left', channel: 1, reason: 'x' }
let calls: string[]
let port: SeatPort

beforeEach(() => {
  calls = []
  const link = {
    userId: 'ada',
    hasPending: true,
    push: () => calls.push('push') > 0,
    pushLatest: ({ channel, message }: { channel: number; message: number }) =>
      void calls.push(`latest ${channel}.${message}`),
    flush: (snapshot: Uint8Array | null) => (calls.push(`flush ${snapshot?.join() ?? ''}`), 'sent' as const),
  }
  port = new SeatPort(link, 3)
})

describe('SeatPort', () => {
  it('holds what a room says before the join is answered, and gives it on in order', () => {
    port.push(item)
    port.pushLatest({ message: 7, payload: new Uint8Array(0) })
    const snapshot = Uint8Array.of(1, 2)
    expect(port.flush(snapshot)).toBe('queued')
    snapshot.fill(0)
    expect(port.flush(null)).toBe('queued')
    expect(port.hasPending).toBe(false)
    expect(calls).toEqual([])
    port.open()
    expect(calls).toEqual(['push', 'latest 3.7', 'flush 1,2'])
  })

  it('is the link while the seat lasts', () => {
    port.open()
    expect(port.push(item)).toBe(true)
    expect(port.flush(Uint8Array.of(9))).toBe('sent')
    expect(calls).toEqual(['push', 'flush 9'])
    expect([port.userId, port.hasPending, port.channel]).toEqual(['ada', true, 3])
  })

  it('reaches nobody after the seat has ended', () => {
    port.open()
    port.end()
    expect(port.push(item)).toBe(false)
    port.pushLatest({ message: 7, payload: new Uint8Array(0) })
    expect(port.flush(Uint8Array.of(9))).toBe('closed')
    expect(port.hasPending).toBe(false)
    port.open()
    expect(calls).toEqual([])
  })

  it('holds a bounded amount', () => {
    let held = 0
    while (port.push(item)) held++
    expect(held).toBe(256)
    expect(port.flush(Uint8Array.of(9))).toBe('closed')
  })
})
