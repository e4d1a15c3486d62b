import { budgetFigures } from './budget-figures.ts'
import type { Bench } from './report.ts'

const CLIENTS = 25
const SECONDS = 20
const SHARE = 1 / 4

export const budget: Bench = {
  name: 'budget',
  about: 'the interest workload at a quarter of the bytes that it would take, on a stepped clock',
  run: async (say) => {
    const figures = await budgetFigures(CLIENTS, SECONDS, SHARE)
    say(`${CLIENTS} clients, ${SECONDS} s, each second of each client`)
    return [
      { name: 'demand.bytesPerSecond', value: figures.demandBytesPerSecond, unit: 'B/s', must: '' },
      { name: 'budget.bytesPerSecond', value: figures.bytesPerSecond, unit: 'B/s', must: '' },
      { name: 'budget.worstOver', value: figures.worstOverPercent, unit: '%', must: '<= 3' },
      { name: 'budget.worstUnder', value: figures.worstUnderPercent, unit: '%', must: '<= 3' },
      { name: 'budget.maxAge', value: figures.maxAgeMs, unit: 'ms', must: '<= 2000' },
      { name: 'budget.nearestMaxAge', value: figures.nearestMaxAgeMs, unit: 'ms', must: '<= 150' },
    ]
  },
}
