import { budgetFigures } from './budget-figures.ts'
import type { Bench } from './report.ts'

const CLIENTS = 25
const SECONDS = 20

export const budget: Bench = {
  name: 'budget',
  about: 'the interest workload at a quarter of the bytes that it would take, on a stepped clock',
  run: async (say) => {
    say(`${CLIENTS} clients, ${SECONDS} s, each second of each client; "half": at half of the bytes`)
    const quarter = await budgetFigures(CLIENTS, SECONDS, 1 / 4)
    const half = await budgetFigures(CLIENTS, SECONDS, 1 / 2)
    return [
      { name: 'demand.bytesPerSecond', value: quarter.demandBytesPerSecond, unit: 'B/s', must: '' },
      { name: 'budget.bytesPerSecond', value: quarter.bytesPerSecond, unit: 'B/s', must: '' },
      { name: 'budget.worstOver', value: quarter.worstOverPercent, unit: '%', must: '<= 3' },
      { name: 'budget.worstUnder', value: quarter.worstUnderPercent, unit: '%', must: '<= 3' },
      { name: 'budget.maxAge', value: quarter.maxAgeMs, unit: 'ms', must: '<= 2000' },
      { name: 'budget.nearestMaxAge', value: quarter.nearestMaxAgeMs, unit: 'ms', must: '<= 150' },
      { name: 'half.worstOver', value: half.worstOverPercent, unit: '%', must: '' },
      { name: 'half.worstUnder', value: half.worstUnderPercent, unit: '%', must: '' },
      { name: 'half.maxAge', value: half.maxAgeMs, unit: 'ms', must: '' },
      { name: 'half.nearestMaxAge', value: half.nearestMaxAgeMs, unit: 'ms', must: '' },
    ]
  },
}
