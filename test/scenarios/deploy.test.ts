import { readPacket, readServerMessage } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { drift, driftRoom, newDiary } from './drift.ts'
import type { Drift } from './drift.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()

/** The newest item of the client that a server has said to hold. */
function ackIn(packet: Uint8Array): number {
  let newest = 0
  readPacket(packet, (id, reader) => {
    const message = readServerMessage(id, reader)
    if (message.type === 'reliableAck') newest = message.seq
  })
  return newest
}

describe.each(SEAMS)('a deploy in the middle of a game, at the %s seam', (seam) => {
  it('loses no message that was acknowledged, and tells everybody to come back', async () => {
    const diary = newDiary()
    const stepper = start<Drift>({ rooms: [driftRoom(diary)], seam, impair: { latencyMs: 40, jitterMs: 20 } })
    const ada = await stepper.join(drift, { name: 'Ada', vx: 0 })
    let acked = 0
    stepper.clients[0]!.onReceive = (packet) => (acked = Math.max(acked, ackIn(packet)))
    let sent = 0
    const talk = { each: () => void (ada.send('note', { n: sent }) && sent++) }
    await stepper.run(1, talk)
    const stopped = stepper.drain(2000)
    await stepper.run(4, talk)
    await stopped
    // The join was the first item, the notes are those behind it.
    expect(acked).toBeGreaterThan(60)
    expect(diary.notes.length).toBeGreaterThanOrEqual(acked - 1)
    expect(diary.notes).toEqual(Array.from({ length: diary.notes.length }, (_, n) => n))
    expect(diary.left).toEqual([[ada.seat, 'room-closed']])
    expect(ada.connection).toMatchObject({ phase: 'resuming', reason: { name: 'going-away' } })
  })
})
