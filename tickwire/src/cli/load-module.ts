import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Game, GameTypes } from '@tickwire/protocol'
import type { RoomType } from '@tickwire/server'
import { UsageError } from './usage.ts'

/**
 * The game that a module exports: `shared/arena.js`, or `shared/games.js#arena` where there are several. Node 22.18 and newer
 * read TypeScript too.
 * @throws UsageError when the module cannot be loaded or exports no game
 */
export function loadGame(place: string): Promise<Game<GameTypes>> {
  return loadExport(place, { name: 'game', madeBy: 'defineSimulation', isOne: isGame })
}

/** The room type that a module exports, in the same way; @throws UsageError when there is none */
export function loadRoomType(place: string): Promise<RoomType> {
  return loadExport(place, { name: 'room type', madeBy: 'defineRoom', isOne: isRoomType })
}

/** What is looked for among exports. */
interface Wanted<T> {
  readonly name: string
  readonly madeBy: string
  readonly isOne: (value: unknown) => value is T
}

async function loadExport<T>(place: string, { name, madeBy, isOne }: Wanted<T>): Promise<T> {
  const [file = '', chosen] = place.split('#', 2)
  const exports = await load(resolve(file))
  if (chosen !== undefined) {
    const value = exports[chosen]
    if (isOne(value)) return value
    const known = Object.keys(exports).join(', ') || 'nothing'
    throw new UsageError(`${file} exports no ${name} "${chosen}"; it exports ${known}`)
  }
  const [first, second] = Object.entries(exports).filter(([, value]) => isOne(value))
  if (first === undefined) throw new UsageError(`${file} exports no ${name}: nothing that ${madeBy} returned`)
  if (second === undefined) return first[1] as T
  throw new UsageError(`${file} exports several; name one of them: ${file}#${first[0]} or ${file}#${second[0]}`)
}

async function load(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const isUnread = file.endsWith('.ts') && !Reflect.get(process.features, 'typescript')
    const hint = isUnread ? '; this Node reads no TypeScript: use 22.18 or newer, or NODE_OPTIONS="--import tsx"' : ''
    throw new UsageError(`cannot load ${file}: ${reason}${hint}`)
  }
}

function isGame(value: unknown): value is Game<GameTypes> {
  return typeof value === 'object' && value !== null && 'schema' in value && 'simulate' in value
}

function isRoomType(value: unknown): value is RoomType {
  return typeof value === 'object' && value !== null && 'game' in value && 'definition' in value && isGame(value.game)
}
