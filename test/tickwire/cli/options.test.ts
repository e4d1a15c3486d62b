import { describe, expect, it } from 'vitest'
import { impairment, seconds, whole } from '../../../tickwire/src/cli/options.ts'

describe('--impair', () => {
  it('takes delays in ms, percent, kilobits and a stall', () => {
    expect(impairment('latency=75,jitter=30,loss=1.5,kbps=256,stall=300/5000,cut=20000')).toEqual({
      latencyMs: 75,
      jitterMs: 30,
      lossPercent: 1.5,
      throttleKbps: 256,
      stall: { forMs: 300, everyMs: 5000 },
      cutAfterMs: 20_000,
    })
    expect(impairment('')).toEqual({})
  })

  it.each(['lag=75', 'latency=fast', 'latency', 'stall=300', 'stall=300/often'])('refuses %s', (text) => {
    expect(() => impairment(text)).toThrow('--impair: ')
  })
})

describe('numbers', () => {
  it('are whole where they count something', () => {
    expect(whole('count', 1)('12')).toBe(12)
    for (const text of ['0', '1.5', 'ten', ''])
      expect(() => whole('count', 1)(text)).toThrow('--count: expected a whole')
  })

  it('are 0 or more where they are seconds', () => {
    expect(seconds('ramp')('0.5')).toBe(0.5)
    for (const text of ['-1', 'soon']) expect(() => seconds('ramp')(text)).toThrow('--ramp: expected seconds')
  })
})
