import { describe, expect, it } from 'vitest'
import { ByteMeter } from '../../../sdk/src/connection/byte-meter.ts'

describe('bytes per second', () => {
  it('are those of the last second, to a tenth', () => {
    const meter = new ByteMeter()
    meter.add(100, 1000)
    meter.add(20, 1050)
    expect(meter.perSecond(1050)).toBe(120)
    meter.add(7, 1500)
    expect(meter.perSecond(1999)).toBe(127)
    expect(meter.perSecond(2000)).toBe(7)
    expect(meter.perSecond(2500)).toBe(0)
  })

  it('do not come back after a long silence', () => {
    const meter = new ByteMeter()
    meter.add(100, 0)
    meter.add(1, 60_000)
    expect(meter.perSecond(60_000)).toBe(1)
  })
})
