import type { FieldMap } from '../schema/field.ts'
import type { FieldKind } from '../schema/spec.ts'

/** What rooms are searched and sorted by. */
export type Scalar = string | number | boolean
export type Attributes = Readonly<Record<string, Scalar>>

/** How `typeof` calls what an attribute holds. */
export type AttributeType = 'string' | 'number' | 'boolean'

/** What every room has, beside what its game declares. */
export const ROOM_ATTRIBUTES: Readonly<Record<string, AttributeType>> = {
  id: 'string',
  type: 'string',
  players: 'number',
  maxPlayers: 'number',
  spectators: 'number',
  locked: 'boolean',
  password: 'boolean',
}

const TYPES: { readonly [K in FieldKind]?: AttributeType } = {
  bool: 'boolean',
  uint: 'number',
  int: 'number',
  fixed: 'number',
  angle: 'number',
  f32: 'number',
  tick: 'number',
  text: 'string',
  oneOf: 'string',
}

/** What a field of this kind holds, if that is one word or number. */
export const attributeType = (kind: FieldKind): AttributeType | undefined => TYPES[kind]

/** The attributes of a game's rooms: what every room has, and those options and metadata that are one word or number. */
export function attributesOf(game: {
  readonly options: FieldMap
  readonly metadata: FieldMap
}): ReadonlyMap<string, AttributeType> {
  const types = new Map<string, AttributeType>(Object.entries(ROOM_ATTRIBUTES))
  for (const [name, { spec }] of [...Object.entries(game.options), ...Object.entries(game.metadata)]) {
    const type = attributeType(spec.kind)
    if (type !== undefined) types.set(name, type)
  }
  return types
}
