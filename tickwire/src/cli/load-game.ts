import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Game, GameTypes } from '@tickwire/protocol'
import { UsageError } from './usage.ts'

/**
 * The game that a module exports: `shared/arena.js`, or `shared/games.js#arena` where there are several. Node 22.18 and newer
 * read TypeScript too.
 * @throws UsageError when the module cannot be loaded or exports no game
 */
export async function loadGame(place: string): Promise<Game<GameTypes>> {
  const [file = '', name] = place.split('#', 2)
  const exports = await load(resolve(file))
  if (name !== undefined) {
    const named = exports[name]
    if (isGame(named)) return named
    throw new UsageError(
      `${file} exports no game "${name}"; it exports ${Object.keys(exports).join(', ') || 'nothing'}`,
    )
  }
  const games = Object.entries(exports).filter(([, value]) => isGame(value))
  const [first, second] = games
  if (first === undefined) throw new UsageError(`${file} exports no game: nothing that defineSimulation returned`)
  if (second !== undefined) {
    throw new UsageError(`${file} exports several games; name one of them: ${file}#${first[0]} or ${file}#${second[0]}`)
  }
  return first[1] as Game<GameTypes>
}

async function load(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const hint = file.endsWith('.ts') && !Reflect.get(process.features, 'typescript')
    throw new UsageError(
      `cannot load ${file}: ${reason}${hint ? '; this Node reads no TypeScript: use 22.18 or newer, or NODE_OPTIONS="--import tsx"' : ''}`,
    )
  }
}

function isGame(value: unknown): value is Game<GameTypes> {
  return typeof value === 'object' && value !== null && 'schema' in value && 'simulate' in value
}
