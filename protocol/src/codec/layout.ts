import { playerFields, roomFields } from '../lobby/sections.ts'
import type { EntityDef, GameSchema } from '../schema/define.ts'
import { layKind } from './lay-kind.ts'
import type { KindLayout } from './track.ts'

export { TRACKS } from './track.ts'
export type { Column, FieldLayout, KindLayout, Rate, Track, TrackName } from './track.ts'

export const ROOM_KIND = '#room'
export const PLAYER_KIND = '#player'

export interface GameLayout {
  readonly schema: GameSchema
  /** `#room`, `#player`, then the entities in the order of the schema. */
  readonly kinds: readonly KindLayout[]
  readonly kindByName: ReadonlyMap<string, KindLayout>
  readonly room: KindLayout
  readonly player: KindLayout
  readonly maxColumns: number
  readonly maxBlobs: number
}

const cache = new WeakMap<GameSchema, GameLayout>()

/** The layout of a schema; made once. */
export function layoutOf(schema: GameSchema): GameLayout {
  let layout = cache.get(schema)
  if (layout === undefined) cache.set(schema, (layout = layGame(schema)))
  return layout
}

function layGame(schema: GameSchema): GameLayout {
  const defs: [string, EntityDef][] = [
    [ROOM_KIND, { fields: roomFields(schema), options: {} }],
    [PLAYER_KIND, { fields: playerFields(schema), options: {} }],
    ...Object.entries(schema.entities),
  ]
  const kinds = defs.map(([name, def], index) => layKind(name, index, def, schema.tickRateHz))
  const [room, player] = kinds as [KindLayout, KindLayout]
  return {
    schema,
    kinds,
    kindByName: new Map(kinds.map((kind) => [kind.name, kind])),
    room,
    player,
    maxColumns: Math.max(...kinds.map((kind) => kind.columns.length)),
    maxBlobs: Math.max(...kinds.map((kind) => kind.blobs.length)),
  }
}
