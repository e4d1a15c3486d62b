import { LIMITS } from '@tickwire/protocol'
import { readClientMessage, readPacket } from '@tickwire/protocol/internal'
import type { ClientMessage } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { Outbox } from '../../../sdk/src/link/outbox.ts'

const latest = (message: number, size = 1): ClientMessage => ({
  type: 'latest',
  channel: 1,
  message,
  payload: new Uint8Array(size).fill(message),
})

function drained(outbox: Outbox): ClientMessage[][] {
  const packets: ClientMessage[][] = []
  outbox.drain((packet) => {
    const messages: ClientMessage[] = []
    expect(packet.length).toBeLessThanOrEqual(LIMITS.maxClientMessageBytes)
    readPacket(packet.slice(), (id, reader) => messages.push(readClientMessage(id, reader)))
    packets.push(messages)
  })
  return packets
}

describe('the outbox', () => {
  it('makes one packet of everything, in order, and is empty then', () => {
    const outbox = new Outbox()
    for (let i = 0; i < 5; i++) outbox.add(latest(i))
    expect(drained(outbox)).toEqual([[0, 1, 2, 3, 4].map((i) => latest(i))])
    expect(outbox.isEmpty).toBe(true)
    expect(drained(outbox)).toEqual([])
  })

  it('[PKT2] makes several where one would hold too many messages', () => {
    const outbox = new Outbox()
    for (let i = 0; i < 2 * LIMITS.maxMessagesPerPacket + 1; i++) outbox.add(latest(i))
    expect(drained(outbox).map(({ length }) => length)).toEqual([64, 64, 1])
  })

  it('[PKT5] makes several where one would be too large', () => {
    const outbox = new Outbox()
    for (let i = 0; i < 5; i++) outbox.add(latest(i, LIMITS.maxPayloadBytes))
    outbox.add(latest(5))
    expect(
      drained(outbox).map((packet) => packet.map((message) => message.type === 'latest' && message.message)),
    ).toEqual([[0], [1], [2], [3], [4, 5]])
  })

  it('sends a message alone that only just fits', () => {
    const outbox = new Outbox()
    outbox.addBody(7, new Uint8Array(LIMITS.maxClientMessageBytes - 1))
    const sizes: number[] = []
    outbox.drain((packet) => sizes.push(packet.length))
    expect(sizes).toEqual([LIMITS.maxClientMessageBytes])
  })

  it('appends inputs without a copy, behind what waits', () => {
    const outbox = new Outbox()
    outbox.add(latest(1))
    outbox.addInputs(1, 0xffff, (writer) => writer.bits(5, 3))
    const [packet] = drained(outbox)
    expect(packet!.map(({ type }) => type)).toEqual(['latest', 'inputs'])
  })

  it('forgets what it is told to', () => {
    const outbox = new Outbox()
    outbox.add(latest(1))
    outbox.clear()
    expect(drained(outbox)).toEqual([])
  })
})
