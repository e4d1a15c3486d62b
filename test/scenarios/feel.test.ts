import { describe, expect, it } from 'vitest'
import { networks } from '../bench/feel/clean.ts'
import { hidden } from '../bench/feel/hidden.ts'
import { virtualLab } from '../bench/feel/lab.ts'
import { loss } from '../bench/feel/loss.ts'
import { rate } from '../bench/feel/rate.ts'
import { rttStep } from '../bench/feel/rtt-step.ts'
import { shots } from '../bench/feel/shots.ts'
import { skew } from '../bench/feel/skew.ts'
import { stall } from '../bench/feel/stall.ts'
import { throttle } from '../bench/feel/throttle.ts'
import { isMet } from '../bench/report.ts'
import type { Figure } from '../bench/report.ts'
import { allowSlowMachines } from './seams.ts'

allowSlowMachines()

const PARTS: readonly (readonly [string, () => Promise<readonly Figure[]>])[] = [
  [
    'near and far, with and without jitter: own motion at once, short queues, nothing starved, nothing corrected',
    networks,
  ],
  ['a stall of 100 to 800 ms: queues as before within two seconds, others undisturbed', () => stall(virtualLab)],
  ['clocks 5 % fast and slow: steady queues, legal speed', () => skew(virtualLab)],
  [
    'ten times as many inputs, and inputs for far ticks: the legal distance exactly, and counted',
    () => rate(virtualLab),
  ],
  [
    'round trips of 3, then 150, then 20 ms: known within two seconds, others never run back',
    () => rttStep(virtualLab),
  ],
  ['5 % of the packets of inputs lost: hardly a tick starved', loss],
  ['a link of 60 % of the demand: young news, and well again after a second', () => throttle(virtualLab)],
  ['a page that was hidden: the first picture is of now, the first key works', hidden],
  ['shots from afar: what hits on the screen hits on the server, and nobody is hit long behind cover', shots],
]

/** The figures of docs/feel.md, as far as they are of simulated time and quick to have. */
describe('a bad network is felt no more than docs/feel.md says', () => {
  it.each(PARTS)('%s', async (_, part) => {
    const figures = await part()
    expect(figures.filter(({ must }) => must !== '').length).toBeGreaterThan(1)
    expect(figures.filter((figure) => !isMet(figure))).toEqual([])
  })
})
