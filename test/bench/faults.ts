import { cuts } from './faults/cuts.ts'
import { hostile } from './faults/hostile.ts'
import { phases } from './faults/phases.ts'
import { resume } from './faults/resume.ts'
import { soak } from './faults/soak.ts'
import { stalled } from './faults/stalled.ts'
import type { Bench, Figure } from './report.ts'

const PARTS = { cuts, phases, resume, hostile, soak, stalled }

/** Everything that can happen to a connection, in simulated time: the same run gives the same figures. */
export const faults: Bench = {
  name: 'faults',
  about: 'cuts, cuts in every phase, what a resume costs, and days of coming and going',
  async run(say) {
    const figures: Figure[] = []
    for (const [name, part] of Object.entries(PARTS)) {
      say(`  ${name} ...`)
      figures.push(...(await part()))
    }
    return figures
  },
}
