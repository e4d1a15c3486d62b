import { describe, expect, it } from 'vitest'
import { ConfigError, RefusedError } from '@tickwire/protocol'
import { MemoryReplayGuard } from '../../../server/src/identity/replay.ts'

describe('the memory of used tickets', () => {
  let nowMs = 1_000_000
  const wallClockMs = (): number => nowMs

  it('lets a nonce in once, for as long as its ticket is valid', () => {
    const guard = new MemoryReplayGuard({ wallClockMs })
    expect(guard.claim('a', nowMs + 60_000)).toBe(true)
    nowMs += 59_000
    expect(guard.claim('a', nowMs + 60_000)).toBe(false)
    expect(guard.claim('b', nowMs + 60_000)).toBe(true)
  })

  it('forgets expired tickets, so that it holds no more than are valid at once', () => {
    const guard = new MemoryReplayGuard({ wallClockMs })
    let most = 0
    for (let i = 0; i < 10_000; i++) {
      nowMs += 100
      guard.claim(`${i}`, nowMs + 5000)
      most = Math.max(most, guard.size)
    }
    // Of 5 s of tickets, and of 10 s between two sweeps.
    expect(most).toBeLessThanOrEqual(151)
  })

  it('refuses new ones when it is full, and never forgets one that could come again', () => {
    const guard = new MemoryReplayGuard({ wallClockMs, maxTickets: 2 })
    guard.claim('a', nowMs + 1000)
    guard.claim('b', nowMs + 60_000)
    expect(() => guard.claim('c', nowMs + 60_000)).toThrow(RefusedError)
    expect(guard.claim('a', nowMs + 1000)).toBe(false)
    nowMs += 1000
    expect(guard.claim('c', nowMs + 60_000)).toBe(true)
    expect(guard.claim('b', nowMs + 60_000)).toBe(false)
  })

  it.each([0, -1, 1.5])('has no room for %s tickets', (maxTickets) => {
    expect(() => new MemoryReplayGuard({ wallClockMs, maxTickets })).toThrow(ConfigError)
  })
})
