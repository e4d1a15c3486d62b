import { TickwireError } from '@tickwire/protocol'
import { Command } from 'commander'
import { botsCommand } from './bots.ts'
import { proxyCommand } from './proxy.ts'
import { replayCommand } from './replay.ts'
import { UsageError } from './usage.ts'

const program = new Command('tickwire')
  .description('tools for games made with Tickwire')
  .addCommand(botsCommand())
  .addCommand(proxyCommand())
  .addCommand(replayCommand())

try {
  await program.parseAsync()
} catch (error) {
  console.error(isTold(error) ? error.message : error)
  process.exitCode = 2
}

/** What the person at the keyboard can mend: a wrong option, bytes that are no recording, a file that is not there. */
function isTold(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof TickwireError || (error instanceof Error && 'syscall' in error)
}
