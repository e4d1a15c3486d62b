import { budgetFigures, demandOf } from './budget-figures.ts'
import type { BudgetFigures } from './budget-figures.ts'
import type { Bench, Figure } from './report.ts'

const CLIENTS = 25
const SECONDS = 20
/** What the interest workload may take at most: a quarter of that was the quarter of its demand when the bounds were set. */
const ALLOWED_BYTES_PER_UPDATE = 3.2

export const budget: Bench = {
  name: 'budget',
  about: 'the interest workload at a quarter of the bytes that it would take, on a stepped clock',
  run: async (say) => {
    say(`${CLIENTS} clients, ${SECONDS} s, each second of each client`)
    say('"allowed": at a quarter of 3.2 B per update; "half": at half of what it takes')
    const { bytesPerSecond, updatesPerSecond } = await demandOf(CLIENTS, SECONDS)
    const at = (rate: number): Promise<BudgetFigures> => budgetFigures(CLIENTS, SECONDS, rate)
    return [
      { name: 'demand.bytesPerSecond', value: bytesPerSecond, unit: 'B/s', must: '' },
      ...figuresOf('budget', await at(bytesPerSecond / 4), true),
      ...figuresOf('allowed', await at((ALLOWED_BYTES_PER_UPDATE * updatesPerSecond) / 4), true),
      ...figuresOf('half', await at(bytesPerSecond / 2), false),
    ]
  },
}

function figuresOf(name: string, of: BudgetFigures, isBound: boolean): Figure[] {
  const must = (bound: string): string => (isBound ? bound : '')
  return [
    { name: `${name}.bytesPerSecond`, value: of.bytesPerSecond, unit: 'B/s', must: '' },
    { name: `${name}.worstOver`, value: of.worstOverPercent, unit: '%', must: must('<= 3') },
    { name: `${name}.worstUnder`, value: of.worstUnderPercent, unit: '%', must: must('<= 3') },
    { name: `${name}.maxAge`, value: of.maxAgeMs, unit: 'ms', must: must('<= 2000') },
    { name: `${name}.nearestMaxAge`, value: of.nearestMaxAgeMs, unit: 'ms', must: must('<= 150') },
  ]
}
