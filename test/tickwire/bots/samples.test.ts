import { expect, it } from 'vitest'
import { Samples } from '../../../tickwire/src/bots/samples.ts'

it('percentiles are of the nearest rank, and 0 of nothing', () => {
  const samples = new Samples()
  expect(samples.summary).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 })
  samples.add(Array.from({ length: 100 }, (_, i) => 100 - i))
  expect(samples.summary).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 })
  samples.add([1000.004])
  expect(samples.summary.max).toBe(1000)
  expect(samples.count).toBe(101)
})
