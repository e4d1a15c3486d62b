import { alloc } from './alloc.ts'
import { arena } from './arena.ts'
import { budget } from './budget.ts'
import { cubes } from './cubes.ts'
import { faults } from './faults.ts'
import { feel } from './feel.ts'
import { idle } from './idle.ts'
import { interest } from './interest.ts'
import { join } from './join.ts'
import { lobby } from './lobby.ts'
import { load } from './load.ts'
import { printTable, toJson } from './report.ts'
import type { Bench } from './report.ts'
import { stats } from './stats.ts'
import { ticks } from './ticks.ts'

/**
 * `npm run bench -- <name> [--only <part>] [--json]`: a table for people, and with `--json` one JSON object on the last line.
 * `--only` runs one part of a benchmark that has parts.
 */
const BENCHES: readonly Bench[] = [
  alloc,
  arena,
  budget,
  faults,
  feel,
  idle,
  interest,
  join,
  load,
  lobby,
  cubes,
  stats,
  ticks,
]

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(args: readonly string[]): Promise<number> {
  const only = args.filter((_, i) => args[i - 1] === '--only')
  const names = args.filter((arg) => !arg.startsWith('--') && !only.includes(arg))
  const chosen = BENCHES.filter(({ name }) => names.includes(name))
  if (chosen.length === 0 || chosen.length < names.length) {
    say('usage: npm run bench -- <name> [--only <part>] [--json]')
    for (const { name, about } of BENCHES) say(`  ${name.padEnd(12)} ${about}`)
    return names.length === 0 ? 0 : 1
  }
  for (const bench of chosen) {
    say(`${bench.name}: ${bench.about}`)
    const figures = await bench.run(say, only)
    printTable(figures, say)
    if (args.includes('--json')) say(toJson(bench.name, figures))
  }
  return 0
}

process.exitCode = await main(process.argv.slice(2))
