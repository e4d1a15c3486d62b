import { describe, expect, it } from 'vitest'
import { least, mean, median, most, p99, quantile } from './numbers.ts'
import { isMet } from './report.ts'

describe('figures of many values', () => {
  const values = [5, 1, 4, 2, 3]

  it('takes quantiles of the values by size', () => {
    expect([least(values), median(values), most(values), mean(values)]).toEqual([1, 3, 5, 3])
    expect(quantile(values, 0.8)).toBe(5)
    expect(p99(Array.from({ length: 200 }, (_, i) => i))).toBe(198)
  })

  it('meets no bound with nothing measured', () => {
    for (const of of [least, median, most, mean, p99]) {
      for (const none of [[], [1, Number.NaN, 3]]) {
        for (const must of ['<= 9', '>= 0', '< 9', '= 0']) {
          expect(isMet({ name: '', value: of(none), unit: '', must }), `${of.name} ${must}`).toBe(false)
        }
      }
    }
  })
})
