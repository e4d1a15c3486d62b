import { clean } from './feel/clean.ts'
import { hidden } from './feel/hidden.ts'
import { socketLab, virtualLab } from './feel/lab.ts'
import type { LabMaker } from './feel/lab.ts'
import { loss } from './feel/loss.ts'
import { rate } from './feel/rate.ts'
import { rollback } from './feel/rollback.ts'
import { rttStep } from './feel/rtt-step.ts'
import { shots } from './feel/shots.ts'
import { skew } from './feel/skew.ts'
import { stall } from './feel/stall.ts'
import { throttle } from './feel/throttle.ts'
import type { Bench, Figure } from './report.ts'

type Part = () => Promise<readonly Figure[]>
type SharedPart = (makeLab: LabMaker) => Promise<readonly Figure[]>

/** In simulated time and over real sockets. */
const SHARED: Readonly<Record<string, SharedPart>> = { stall, skew, rate, rttStep, throttle }
/** In simulated time only. */
const VIRTUAL: Readonly<Record<string, Part>> = { clean, loss, hidden, shots, rollback }

/** What a player notices of a bad network, and whether it stays within what we promise. */
export const feel: Bench = {
  name: 'feel',
  about: 'own motion, queues, others and shots on bad networks, in simulated time and over real sockets',
  async run(say, only = []) {
    const isChosen = (name: string): boolean => only.length === 0 || only.includes(name)
    const figures: Figure[] = []
    for (const [name, part] of Object.entries({ ...VIRTUAL, ...inSimulatedTime() })) {
      if (!isChosen(name)) continue
      say(`  ${name} ...`)
      figures.push(...(await part()))
    }
    const chosen = Object.entries(SHARED).filter(([name]) => isChosen(name))
    if (chosen.length > 0) say(`  over real sockets: ${chosen.map(([name]) => name).join(', ')} ...`)
    // At the same time: they mostly wait.
    const onSockets = await Promise.all(chosen.map(([, part]) => part(socketLab)))
    return [...figures, ...onSockets.flat()].toSorted((a, b) => rank(a) - rank(b))
  },
}

function inSimulatedTime(): Record<string, Part> {
  return Object.fromEntries(Object.entries(SHARED).map(([name, part]) => [name, () => part(virtualLab)]))
}

const ORDER = ['clean', 'stall', 'skew', 'rate', 'rttStep', 'loss', 'throttle', 'hidden', 'shots', 'rollback']
const rank = ({ name }: Figure): number => ORDER.indexOf(name.slice(0, name.indexOf('.')))
