import { describe, expect, it } from 'vitest'
import { brokenThresholds, parseThreshold } from '../../../tickwire/src/cli/thresholds.ts'

const report = { open: 40, tick: { p99: 6.5 }, mode: 'light', problems: {} }
const broken = (...texts: string[]): string[] => brokenThresholds(report, texts.map(parseThreshold))

describe('--fail-if', () => {
  it.each([
    ['tick.p99>8', false],
    ['tick.p99>6', true],
    ['tick.p99>=6.5', true],
    ['open<40', false],
    ['open <= 40', true],
    ['open<-1', false],
  ])('%s holds: %s', (text, isBroken) => {
    expect(broken(text)).toEqual(isBroken ? [expect.stringContaining(text)] : [])
  })

  it('says what was measured', () => {
    expect(broken('open<100')).toEqual(['open<100: it is 40'])
  })

  it.each(['p99', 'tick.p99=8', 'tick.p99>', '>8', 'tick p99>8', ''])('refuses %j, which is no comparison', (text) => {
    expect(() => parseThreshold(text)).toThrow('expected a comparison like "tick.p99>8"')
  })

  it.each(['tick.p98>8', 'mode>1', 'tick>1', 'open.count>1'])(
    'refuses %s: a figure that is not there would never fail',
    (text) => {
      expect(() => broken(text)).toThrow(/no number ".+"; it has open, tick\.p99/)
    },
  )
})
