import { cutsOverSockets } from './faults/cuts-sockets.ts'
import { cuts } from './faults/cuts.ts'
import { hidden } from './faults/hidden.ts'
import { hostileOverSockets } from './faults/hostile-sockets.ts'
import { hostile } from './faults/hostile.ts'
import { phasesOverSockets } from './faults/phases-sockets.ts'
import { phases } from './faults/phases.ts'
import { resume } from './faults/resume.ts'
import { soak } from './faults/soak.ts'
import { stalled } from './faults/stalled.ts'
import { tabs } from './faults/tabs.ts'
import type { Bench, Figure } from './report.ts'

const PARTS: Readonly<Record<string, readonly (() => Promise<readonly Figure[]>)[]>> = {
  cuts: [cuts, cutsOverSockets],
  phases: [phases, phasesOverSockets],
  resume: [resume],
  hidden: [hidden],
  hostile: [hostile, hostileOverSockets],
  stalled: [stalled],
  tabs: [tabs],
  soak: [soak],
}

/**
 * Everything that can happen to a connection: on a stepped clock, where the same run gives the same figures; and over real sockets
 * through the impairing proxy (`*.sockets.*`, `stalled`, `tabs`). All of it takes about fifteen minutes.
 */
export const faults: Bench = {
  name: 'faults',
  about: `cuts in every phase, resumes, hidden tabs, attacks, stalled readers, days of coming and going (--only ${Object.keys(PARTS).join(', ')})`,
  async run(say, only = []) {
    const figures: Figure[] = []
    for (const [name, parts] of Object.entries(PARTS)) {
      if (only.length > 0 && !only.includes(name)) continue
      say(`  ${name} ...`)
      for (const part of parts) figures.push(...(await part()))
    }
    return figures
  },
}
