import { createInterface } from 'node:readline'
import type { Game, GameTypes } from '@tickwire/protocol'
import { GameCodec } from '@tickwire/protocol/internal'
import { Decoder, packerFor } from '@tickwire/sdk/internal'
import type { ConnectionDecoder, Direction } from '@tickwire/sdk/internal'
import { Command, Option } from 'commander'
import { chain, parseFilter } from '../inspect/filter.ts'
import type { Filter } from '../inspect/filter.ts'
import { toHex, toJson, toText } from '../inspect/format.ts'
import { InspectingPlayer } from '../inspect/player.ts'
import { startRelay } from '../inspect/relay.ts'
import type { RelayListener } from '../inspect/relay.ts'
import { loadGame } from './load-module.ts'
import { jsonObject, whole } from './options.ts'
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
    .argument('<target>', 'the server, such as ws://localhost:2567')
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
  tickwire inspect ws://localhost:2567 --game shared/arena.js --join '{"name":"Ada"}' --json | jq .type`

async function run(target: string, flags: InspectFlags): Promise<void> {
  const game = await loadGame(flags.game)
  const decoder = new Decoder(new GameCodec(game.schema, await packerFor(game.schema)))
  const relay = await startRelay({ target: serverUrl(target), port: flags.port, listener: printer(decoder, flags) })
  console.error(`${relay.url} -> ${target}   (give clients the first address; Ctrl-C stops)`)
  const player = flags.join === undefined ? null : await join(relay.url, game, flags)
  const lines = createInterface({ input: process.stdin }).on('line', (line) => void obey(player, line))
  await untilSignal()
  lines.close()
  await player?.close()
  await relay.close()
}

async function join(
  url: string,
  game: Game<GameTypes>,
  { join: values = {}, room }: InspectFlags,
): Promise<InspectingPlayer> {
  const player = await InspectingPlayer.join({ url, game, join: values, key: room ?? null })
  console.error('joined: send <message> {"field":value}   request <request> {"field":value}')
  return player
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

function printer(decoder: Decoder, { filter = [], hex, json }: InspectFlags): RelayListener {
  const startMs = performance.now()
  const passes = chain(filter)
  const connections = new Map<number, ConnectionDecoder>()
  /** What concerns a connection as a whole: apart from what is said over it, but in its order. */
  const note = (connection: number, what: string, about: Readonly<Record<string, unknown>>): void => {
    const atMs = performance.now() - startMs
    if (json) console.log(JSON.stringify({ at: atMs, connection, type: what, ...about }))
    else console.log(`${(atMs / 1000).toFixed(3)} #${connection} ${what} ${Object.values(about).join(' ')}`.trimEnd())
  }
  return {
    onOpen(connection, path) {
      connections.set(connection, decoder.connect())
      note(connection, 'opened', { path })
    },
    onPacket(connection, direction, packet) {
      const atMs = performance.now() - startMs
      const shown = connections
        .get(connection)!
        .decode(direction, packet)
        .flatMap((message) => passes(message) ?? [])
      for (const message of shown) console.log((json ? toJson : toText)({ atMs, connection, message }))
      if (hex && shown.length > 0) console.log(json ? hexObject(connection, direction, packet) : toHex(packet))
    },
    onText: (connection, direction, text) => note(connection, 'text-frame', { direction, text }),
    onClose(connection, by, code, reason) {
      connections.delete(connection)
      note(connection, 'closed', { by: by === 'up' ? 'by the client' : 'by the server', code, reason })
    },
  }
}

function hexObject(connection: number, direction: Direction, packet: Uint8Array): string {
  return JSON.stringify({ connection, direction, type: 'packet', hex: Buffer.from(packet).toString('hex') })
}

/** As clients read addresses: `http` is `ws`, and without a path it is `/tickwire`. */
function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text.replace(/^http/, 'ws')) : null
  if (url === null || !/^wss?:$/.test(url.protocol)) {
    throw new UsageError(`expected a server such as ws://localhost:2567, got "${text}"`)
  }
  if (url.pathname === '/') url.pathname = '/tickwire'
  return url
}

function collect(text: string, filters: readonly Filter[] = []): readonly Filter[] {
  return [...filters, parseFilter(text)]
}
