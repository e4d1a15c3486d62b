import { describe, expect, it } from 'vitest'
import { readBuckets, tickPercentileMs } from '../../../tickwire/src/cli/tick-metrics.ts'

const page = (...counts: readonly [string, string, number][]): string =>
  counts
    .map(([room, le, count]) => `tickwire_tick_duration_seconds_bucket{game="${room}",le="${le}"} ${count}`)
    .join('\n')

describe("the server's ticks", () => {
  it('are those between two readings, of all games together', () => {
    const before = readBuckets(page(['a', '0.001', 10], ['a', '0.008', 10], ['a', '+Inf', 10]))
    const after = readBuckets(
      page(
        ['a', '0.001', 60],
        ['a', '0.008', 100],
        ['a', '+Inf', 100],
        ['b', '0.001', 10],
        ['b', '0.008', 10],
        ['b', '+Inf', 10],
      ),
    )
    expect(tickPercentileMs(before, after, 0.5)).toBe(1)
    expect(tickPercentileMs(before, after, 0.99)).toBe(8)
  })

  it('beyond the last bound took nobody knows how long', () => {
    const none = readBuckets('')
    expect(tickPercentileMs(none, readBuckets(page(['a', '0.001', 1], ['a', '+Inf', 9])), 0.99)).toBe(Infinity)
    expect(tickPercentileMs(none, none, 0.99)).toBeNaN()
  })

  it('are found among other lines', () => {
    const text = `# HELP x\ntickwire_tick_duration_seconds_sum 3\n${page(['a', '0.004', 7])}\nother_bucket{le="1"} 9`
    expect([...readBuckets(text)]).toEqual([[0.004, 7]])
  })
})
