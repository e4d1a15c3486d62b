import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Game, GameTypes } from '@tickwire/protocol'
import { codecFor, Decoder } from '@tickwire/sdk/internal'
import type { ConnectionDecoder, DecodedMessage } from '@tickwire/sdk/internal'
import { Command, Option } from 'commander'
import { chain, parseFilter } from '../inspect/filter.ts'
import type { Filter } from '../inspect/filter.ts'
import { toHex, toJson, toText } from '../inspect/format.ts'
import { InspectingPlayer } from '../inspect/player.ts'
import { startRelay } from '../inspect/relay.ts'
import type { Relay, RelayListener } from '../inspect/relay.ts'
import { loadGame } from './load-module.ts'
import { jsonObject, serverAddress, whole } from './options.ts'
import { untilSignal } from './signals.ts'
import { UsageError } from './usage.ts'

interface InspectFlags {
  readonly game: string
  readonly port: number
  readonly join: Readonly<Record<string, unknown>> | undefined
  readonly room: string | undefined
  readonly filter?: readonly Filter[]
  readonly hex?: boolean
  readonly json?: boolean
}

/** `tickwire inspect ws://localhost:2567 --game shared/arena.js --filter snapshot,chat` */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('listens between clients and a server, and tells in words what they say')
    .argument('<target>', 'the server, such as ws://localhost:2567, or a trace that the inspector saved: a .twt file')
    .requiredOption('--game <module>', 'the module that exports the game, such as shared/arena.js')
    .addOption(
      new Option('--port <port>', 'where clients connect in place of the server')
        .argParser(whole('port', 0))
        .default(0, 'any free port'),
    )
    .option(
      '--join <json>',
      'joins, too, such as \'{"name":"Ada"}\'; lines then send: send chat {"text":"hi"}',
      jsonObject('join'),
    )
    .option('--room <key>', 'with --join: the key of the room (default: wherever there is a seat)')
    .option(
      '--filter <words>',
      'types, names, kinds, up or down, with commas; -word leaves out; may be repeated',
      collect,
    )
    .option('--hex', 'the bytes of each packet, too')
    .option('--json', 'one JSON object per message')
    .addHelpText('after', EXAMPLES)
    .action(run)
}

const EXAMPLES = `
Examples:
  tickwire inspect ws://localhost:2567 --game shared/arena.js
  tickwire inspect ws://localhost:2567 --game shared/arena.js --filter=ship,chat,-reply
  tickwire inspect trace.twt --game shared/arena.js --filter down,-snapshot
  tickwire inspect ws://localhost:2567 --game shared/arena.js --join '{"name":"Ada"}' --json | jq .type`

async function run(target: string, flags: InspectFlags): Promise<void> {
  const game = await loadGame(flags.game)
  if (/^(ws|http)s?:/.test(target)) await listen(target, game, flags)
  else await readFrom(target, game, flags)
}

async function listen(target: string, game: Game<GameTypes>, flags: InspectFlags): Promise<void> {
  const decoder = new Decoder(await codecFor(game.schema))
  const relay = await startRelay({ target: serverUrl(target), port: flags.port, listener: teller(decoder, flags) })
  console.error(`${relay.url} -> ${target}   (give clients the first address; Ctrl-C stops)`)
  const player = flags.join === undefined ? null : await join(relay, game, flags)
  const lines = createInterface({ input: process.stdin }).on('line', (line) => void obey(player, line))
  await untilSignal()
  lines.close()
  await player?.close()
  await relay.close()
}

async function readFrom(file: string, game: Game<GameTypes>, flags: InspectFlags): Promise<void> {
  if (!existsSync(file))
    throw new UsageError(`expected a server such as ws://localhost:2567, or a trace; there is no ${file}`)
  // Only here: the inspector is most of the SDK's modules once more.
  const { readTrace } = await import('@tickwire/sdk/inspector')
  const tell = printer(flags)
  for (const { atMs, bytes, messages } of await readTrace(readFileSync(file), game)) tell(atMs, 1, bytes, messages)
}

async function join(
  relay: Relay,
  game: Game<GameTypes>,
  { join: values = {}, room }: InspectFlags,
): Promise<InspectingPlayer> {
  try {
    const player = await InspectingPlayer.join({ url: relay.url, game, join: values, key: room ?? null })
    console.error('joined: send <message> {"field":value}   request <request> {"field":value}')
    return player
  } catch (error) {
    await relay.close()
    throw new UsageError(`cannot join: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A wrong line is told, and the next one is tried again. */
async function obey(player: InspectingPlayer | null, line: string): Promise<void> {
  try {
    if (player === null) throw new UsageError('only a player can send: start with --join')
    const result = await player.act(line)
    if (result !== null) console.error(result)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
}

/** Prints what of a packet passes the filters. */
type Tell = (atMs: number, connection: number, packet: Uint8Array, messages: readonly DecodedMessage[]) => void

function printer({ filter = [], hex, json }: InspectFlags): Tell {
  const passes = chain(filter)
  return (atMs, connection, packet, messages) => {
    const shown = messages.flatMap((message) => passes(message) ?? [])
    for (const message of shown) console.log((json ? toJson : toText)({ atMs, connection, message }))
    if (!hex || shown.length === 0) return
    if (json)
      console.log(JSON.stringify({ at: atMs, connection, type: 'packet', hex: Buffer.from(packet).toString('hex') }))
    else console.log(toHex(packet))
  }
}

/** Tells what a relay hears. */
function teller(decoder: Decoder, flags: InspectFlags): RelayListener {
  const startMs = performance.now()
  const tell = printer(flags)
  const connections = new Map<number, ConnectionDecoder>()
  /** What concerns a connection as a whole: apart from what is said over it, but in its order. */
  const note = (connection: number, what: string, about: Readonly<Record<string, unknown>>): void => {
    const atMs = performance.now() - startMs
    if (flags.json) console.log(JSON.stringify({ at: atMs, connection, type: what, ...about }))
    else console.log(`${(atMs / 1000).toFixed(3)} #${connection} ${what} ${Object.values(about).join(' ')}`.trimEnd())
  }
  return {
    onOpen(connection, path) {
      connections.set(connection, decoder.connect())
      note(connection, 'opened', { path })
    },
    onPacket(connection, direction, packet) {
      const messages = connections.get(connection)!.decode(direction, packet)
      tell(performance.now() - startMs, connection, packet, messages)
    },
    onText: (connection, direction, text) => note(connection, 'text-frame', { direction, text }),
    onClose(connection, by, code, reason) {
      connections.delete(connection)
      note(connection, 'closed', { by: by === 'up' ? 'by the client' : 'by the server', code, reason })
    },
  }
}

/** Without a path it is `/tickwire`. */
function serverUrl(text: string): URL {
  const url = serverAddress(text)
  if (url.pathname === '/') url.pathname = '/tickwire'
  return url
}

function collect(text: string, filters: readonly Filter[] = []): readonly Filter[] {
  return [...filters, parseFilter(text)]
}
