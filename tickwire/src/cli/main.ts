import { ConfigError } from '@tickwire/protocol'
import { Command } from 'commander'
import { botsCommand } from './bots.ts'
import { proxyCommand } from './proxy.ts'
import { UsageError } from './usage.ts'

const program = new Command('tickwire')
  .description('tools for games made with Tickwire')
  .addCommand(botsCommand())
  .addCommand(proxyCommand())

try {
  await program.parseAsync()
} catch (error) {
  const isMistake = error instanceof UsageError || error instanceof ConfigError
  console.error(isMistake ? error.message : error)
  process.exitCode = 2
}
