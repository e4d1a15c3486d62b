import { readFileSync } from 'node:fs'
import { TickwireError } from '@tickwire/protocol'
import { Command, CommanderError } from 'commander'
import { botsCommand } from './bots.ts'
import { inspectCommand } from './inspect.ts'
import { proxyCommand } from './proxy.ts'
import { replayCommand } from './replay.ts'
import { UsageError } from './usage.ts'

/** 1 is for what was asked for and failed: a threshold, a recording that differs. */
const EXIT_OK = 0
const EXIT_USAGE = 2

const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

const program = new Command('tickwire')
  .version(own.version)
  .description('tools for games made with Tickwire')
  .addCommand(botsCommand())
  .addCommand(inspectCommand())
  .addCommand(proxyCommand())
  .addCommand(replayCommand())
for (const command of [program, ...program.commands]) command.exitOverride()

// `tickwire inspect ... | head` ends when head has seen enough.
process.stdout.on('error', () => process.exit(EXIT_OK))

try {
  await program.parseAsync()
} catch (error) {
  // Commander has said it already, and help was asked for.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
  else {
    console.error(isTold(error) ? error.message : error)
    process.exitCode = EXIT_USAGE
  }
}

/** What the person at the keyboard can mend: a wrong option, bytes that are no recording, a file that is not there. */
function isTold(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof TickwireError || (error instanceof Error && 'syscall' in error)
}
