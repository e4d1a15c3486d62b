import { describe, expect, it } from 'vitest'
import { bitWidth } from '../../protocol/src/bits/width.ts'
import { LIMITS } from '../../protocol/src/limits.ts'
import { MAGIC, PROTOCOL_VERSION } from '../../protocol/src/version.ts'

describe('LIMITS', () => {
  it('holds positive integers, each with its unit or what it counts in its name', () => {
    const unit = /(Bytes|Ms|Per[A-Z][a-z]+|Slots|Items|Joins|Requests|Ticks|Snapshots|InFlight|Anchors)$/
    const ofLobby = /(Rooms|Conditions|Number|Length|Members|Parties|Tickets|Players|Regions|Users)$/
    for (const [name, value] of Object.entries(LIMITS)) {
      expect(unit.test(name) || ofLobby.test(name), name).toBe(true)
      expect(Number.isInteger(value) && value > 0, name).toBe(true)
    }
  })

  it('indices with room for "nobody" fill their widths', () => {
    expect(bitWidth(LIMITS.maxSeatsPerRoom)).toBe(10)
    expect(bitWidth(LIMITS.maxEntitySlots)).toBe(16)
    expect(bitWidth(LIMITS.anchorRingAnchors - 1)).toBe(3)
  })

  it('what a peer may put into a message fits into the message', () => {
    for (const part of [LIMITS.maxTextBytes, LIMITS.maxPayloadBytes, LIMITS.maxNameBytes, LIMITS.maxTicketBytes]) {
      expect(part).toBeLessThan(LIMITS.maxClientMessageBytes)
    }
    expect(LIMITS.maxClientMessageBytes).toBeLessThanOrEqual(LIMITS.bytesPerSecond)
  })

  it('the packets that pile up in the longest stall a link survives are within the burst', () => {
    const inputRateHz = 30
    const piled = (inputRateHz * LIMITS.livenessTimeoutMs) / 1000
    expect((LIMITS.messagesPerSecond * LIMITS.rateBurstMs) / 1000).toBeGreaterThan(piled)
  })

  it('times that wait for each other are in order', () => {
    expect(LIMITS.heartbeatIntervalMs * 3).toBeLessThan(LIMITS.livenessTimeoutMs)
    // A dead link is noticed, and the player is back, before the seat is gone.
    expect(LIMITS.livenessTimeoutMs * 2).toBeLessThan(LIMITS.resumeWindowMs)
    expect(LIMITS.maxRewindMs).toBeLessThan(LIMITS.rewindHistoryMs)
    expect(LIMITS.maxSnapshotsInFlight).toBeLessThan(LIMITS.snapshotHistorySnapshots)
  })
})

describe('version', () => {
  it('opens a connection with "TKWR" and the version', () => {
    const bytes = [0, 8, 16, 24].map((shift) => (MAGIC >>> shift) & 0xff)
    expect(String.fromCharCode(...bytes)).toBe('TKWR')
    expect(PROTOCOL_VERSION).toBe(1)
  })
})
