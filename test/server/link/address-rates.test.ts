import { describe, expect, it } from 'vitest'
import { AddressRates } from '../../../server/src/link/address-rates.ts'

describe('rates per address', () => {
  it('count each address alone', () => {
    const rates = new AddressRates({ perSecond: 1, burstMs: 2000 })
    expect([0, 0, 0].map((ms) => rates.take('10.0.0.1', ms))).toEqual([true, true, false])
    expect(rates.take('10.0.0.2', 0)).toBe(true)
    expect(rates.take('10.0.0.1', 1000)).toBe(true)
  })

  it('forget who has not come for a while, however many there were', () => {
    const rates = new AddressRates({ perSecond: 1, burstMs: 2000 })
    for (let i = 0; i < 100_000; i++) rates.take(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, i)
    // A second fills a bucket again: about a thousand of them are busy at a time.
    expect(rates.size).toBeLessThan(5000)
  })

  it('never forget who is over the rate', () => {
    const rates = new AddressRates({ perSecond: 1, burstMs: 2000 })
    for (let ms = 0; ms < 20_000; ms++) {
      rates.take('evil', ms)
      rates.take(`other ${ms}`, ms)
    }
    expect(rates.take('evil', 20_000) && rates.take('evil', 20_000)).toBe(false)
  })
})
