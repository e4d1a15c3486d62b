import { describe, expect, it } from 'vitest'
import { nextRetryDelayMs } from '../../../sdk/src/connection/reconnect.ts'

describe('the pause before a reconnect', () => {
  it('is none before the first attempt', () => {
    expect(nextRetryDelayMs(1, () => 0.99)).toBe(0)
  })

  it('is drawn whole, from a limit that doubles up to 5 s', () => {
    const limits = [2, 3, 4, 5, 6, 7, 8, 1000].map((attempt) => nextRetryDelayMs(attempt, () => 1))
    expect(limits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
    expect(nextRetryDelayMs(7, () => 0)).toBe(0)
    expect(nextRetryDelayMs(7, () => 0.25)).toBe(1250)
  })
})
