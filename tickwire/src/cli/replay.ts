import { replay } from '@tickwire/server'
import type { Divergence, ReplayReport } from '@tickwire/server'
import { Command } from 'commander'
import { loadRoomType } from './load-module.ts'

interface ReplayFlags {
  readonly room: string
  readonly json?: boolean
}

/** `tickwire replay trace.twr --room server/arena-room.js` */
export function replayCommand(): Command {
  return new Command('replay')
    .description('runs a recorded room again, tick by tick, and finds where it differs; exit code 1 if it does')
    .argument('<file>', 'what a room recorded: a .twr file')
    .requiredOption('--room <module>', 'the module that exports the room type, such as server/arena-room.js#arenaRoom')
    .option('--json', 'one JSON object instead of a report for people')
    .addHelpText(
      'after',
      '\nExit code: 0 if it is the same, 1 if it differs, 2 for a mistake in the command or a file that is no recording.',
    )
    .action(async (file: string, { room, json }: ReplayFlags) => {
      const startedMs = performance.now()
      const report = await replay(file, await loadRoomType(room))
      const seconds = (performance.now() - startedMs) / 1000
      if (json) console.log(JSON.stringify({ ...report, errors: report.errors.length, seconds }))
      else print(report, seconds)
      process.exitCode = report.divergence === null ? 0 : 1
    })
}

function print({ roomId, ticks, isComplete, divergence, errors }: ReplayReport, seconds: number): void {
  const end = isComplete ? 'to its end' : 'as far as it was recorded'
  console.log(`room ${roomId}, ${ticks} ticks, ${end}, in ${seconds.toFixed(2)} s`)
  for (const { phase, error } of errors) console.log(`game code threw in ${phase}: ${String(error)}`)
  console.log(divergence === null ? 'the same, bit for bit' : describe(divergence))
}

function describe({ tick, foundAtTick, entity, field, recorded, replayed }: Divergence): string {
  if (foundAtTick === null) return `differs from tick ${tick} on; the recording has no state after it to compare with`
  const where = entity === null ? 'the room' : `${entity.kind} ${entity.id}`
  const what = `${where}, ${field}: recorded ${JSON.stringify(recorded)}, replayed ${JSON.stringify(replayed)}`
  return `differs from tick ${tick} on; at tick ${foundAtTick} first in ${what}`
}
