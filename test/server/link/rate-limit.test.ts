import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../../server/src/link/rate-limit.ts'

describe('TokenBucket', () => {
  it('lets the rate through for ever', () => {
    const bucket = new TokenBucket({ perSecond: 10, burstMs: 2000 }, 0)
    for (let ms = 0; ms < 60_000; ms += 100) expect(bucket.take(1, ms)).toBe(true)
  })

  it('saves up what was not used, up to its burst', () => {
    const bucket = new TokenBucket({ perSecond: 10, burstMs: 2000 }, 0)
    expect(bucket.take(20, 0)).toBe(true)
    expect(bucket.take(1, 0)).toBe(false)
    expect(bucket.take(21, 3_600_000)).toBe(false)
    expect(bucket.take(20, 3_600_000)).toBe(true)
  })

  it('takes all or nothing', () => {
    const bucket = new TokenBucket({ perSecond: 10, burstMs: 1000 }, 0)
    expect(bucket.take(11, 0)).toBe(false)
    expect(bucket.take(10, 0)).toBe(true)
  })

  it('ends twice the rate after the burst and not before', () => {
    const bucket = new TokenBucket({ perSecond: 100, burstMs: 2000 }, 0)
    let ms = 0
    while (bucket.take(1, ms)) ms += 5
    expect(ms).toBeGreaterThanOrEqual(1990)
    expect(ms).toBeLessThanOrEqual(2010)
  })
})
