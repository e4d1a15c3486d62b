/**
 * Any world, any sequence of changes, skips, views, budgets, cuts and resumes. `TRUTH_RUNS=3000` looks for longer, and
 * `TRUTH_SEED` for the worlds of a failure, which prints it; a bad world becomes one of those that were once seen.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoomType } from '../../../server/src/room/definition.ts'
import type { Fate } from '../room/harness.ts'
import { command } from './truth-commands.ts'
import type { Command } from './truth-commands.ts'
import { budgetRoom, codedRoom, namelessCodedRoom, namelessRoom, openRoom, walledRoom } from './truth-game.ts'
import { Session } from './truth-session.ts'

const { TRUTH_RUNS, TRUTH_SEED } = process.env
const params = { numRuns: Number(TRUTH_RUNS ?? 30), ...(TRUTH_SEED !== undefined && { seed: Number(TRUTH_SEED) }) }
// Far below this on an idle machine; beside many other tests it may take its time.
const timeoutMs = TRUTH_RUNS === undefined ? 60_000 : 3_600_000

/** @param fates of the snapshots, where they may be lost */
async function live(type: RoomType, commands: readonly Command[], fates: readonly Fate[] | null = null): Promise<void> {
  const session = new Session(type)
  await session.start()
  let sent = 0
  if (fates !== null) for (const { link } of session.members) link.fate = () => fates[sent++ % fates.length]!
  session.crowd()
  for (const one of commands) session.run(one)
  for (const member of session.members) {
    session.run({ do: 'resume', seat: member.seat, forgotten: false })
    member.ack()
    if (fates !== null) member.link.fate = () => 'arrives'
  }
  session.run({ do: 'snapshot', times: 1 })
  session.rest()
  expect(session.harness.errors).toEqual([])
}

describe('what a client is told', () => {
  it.each([
    ['in the open', openRoom],
    ['with a game that hides', walledRoom],
    ['within a budget for all', budgetRoom],
    ['coded by models', codedRoom],
    ['where nothing names anything', namelessRoom],
    ['coded, where nothing names anything', namelessCodedRoom],
  ])(
    '[REC1] is the quantised truth of what it may see, and nothing else, whatever was skipped, cut, resumed, viewed, put off: %s',
    async (_how, type) => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 80 }), (commands) => live(type, commands)),
        params,
      )
    },
    timeoutMs,
  )

  const fate: fc.Arbitrary<Fate> = fc.constantFrom('arrives', 'arrives', 'lost', 'late', 'twice')
  it.each([
    ['in the open', openRoom],
    ['with a game that hides', walledRoom],
    ['within a budget for all', budgetRoom],
    ['in a game coded by models', codedRoom],
  ])(
    '[LSE1] [LSE3] is so where snapshots are lost, overtaken and doubled, too: %s',
    async (_how, type) => {
      const [commands, fates] = [
        fc.array(command, { minLength: 10, maxLength: 80 }),
        fc.array(fate, { minLength: 1, maxLength: 97 }),
      ]
      await fc.assert(
        fc.asyncProperty(commands, fates, (all, drawn) => live(type, all, drawn)),
        params,
      )
    },
    timeoutMs,
  )
})

const AT_REST = { x: 0, y: 0, vx: 0, number: 0, word: '' } as const

/** Worlds in which it once was not. */
const SEEN: readonly (readonly [what: string, commands: readonly Command[]])[] = [
  [
    'what was owned is given away while its client is skipped for longer than departures are remembered',
    [
      { do: 'wait', times: 60 },
      ...[1, 2].map(() => ({ do: 'spawn', kind: 'mover', owner: null, ...AT_REST }) as const),
      { do: 'reveal', index: 0, to: null, shown: true },
      { do: 'aim', index: 21, at: [0, 0] },
      { do: 'give', index: 0, to: null },
      { do: 'change', index: 0, vx: 0, number: 1, word: 'ccc' },
      { do: 'snapshot', times: 1 },
      { do: 'aim', index: 0, at: [0, 0, 0] },
      { do: 'snapshot', times: 10 },
    ],
  ],
  [
    'who reports a mismatch is congested',
    [
      { do: 'change', index: 0, vx: 0, number: 0, word: 'ccc' },
      { do: 'snapshot', times: 10 },
      { do: 'spawn', kind: 'mover', owner: null, ...AT_REST },
      { do: 'ack', seat: 0 },
      { do: 'snapshot', times: 10 },
      { do: 'ack', seat: 0 },
      { do: 'mismatch', seat: 0 },
    ],
  ],
  [
    'who reports a mismatch still sees what has just left its view',
    [
      { do: 'snapshot', times: 7 },
      { do: 'view', seat: 0, area: { x: 0, y: 504, radius: 374 } },
      { do: 'mismatch', seat: 0 },
      { do: 'snapshot', times: 13 },
    ],
  ],
  [
    'who reports a mismatch is far from something',
    [
      { do: 'snapshot', times: 1 },
      { do: 'wait', times: 60 },
      { do: 'view', seat: 0, area: { x: 0, y: 0, radius: 157 } },
      { do: 'mismatch', seat: 0 },
    ],
  ],
]

describe('what was once not the truth', () => {
  it.each(SEEN)('[REC1] is now: %s', (_what, commands) => live(openRoom, commands))
})
