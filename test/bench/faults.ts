import { cuts } from './faults/cuts.ts'
import { hidden } from './faults/hidden.ts'
import { hostile } from './faults/hostile.ts'
import { phases } from './faults/phases.ts'
import { resume } from './faults/resume.ts'
import { soak } from './faults/soak.ts'
import { stalled } from './faults/stalled.ts'
import type { Bench, Figure } from './report.ts'

const PARTS = { cuts, phases, resume, hidden, hostile, soak, stalled }

/** Everything that can happen to a connection: in simulated time, where the same run gives the same figures; `stalled` over real sockets. */
export const faults: Bench = {
  name: 'faults',
  about: 'cuts in every phase, resumes, hidden tabs, hostile frames, stalled readers, days of coming and going',
  async run(say) {
    const figures: Figure[] = []
    for (const [name, part] of Object.entries(PARTS)) {
      say(`  ${name} ...`)
      figures.push(...(await part()))
    }
    return figures
  },
}
