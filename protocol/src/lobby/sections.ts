import { LIMITS } from '../limits.ts'
import type { GameSchema } from '../schema/define.ts'
import { field } from '../schema/field.ts'
import type { FieldMap } from '../schema/field.ts'

/**
 * What a lobby shows of a room and of its players is known to everybody in it: it travels with the room's state and with
 * each player, under names that no game can give.
 */

export type RoomSection = 'options' | 'metadata'
export type ShownSection = RoomSection | 'profile'

/** What a field of a section is called beside those of the state, or of a player. */
export const shownName = (section: ShownSection, name: string): string => `${section}.${name}`

/** What every room has, whatever its game. */
export const ROOM_OWNER = '#owner'
export const ROOM_LOCKED = '#locked'
export const ROOM_REVISION = '#revision'
export const ROOM_INVITE = '#invite'

/** All fields of the entity `#room`. */
export function roomFields(schema: GameSchema): FieldMap {
  return {
    [ROOM_OWNER]: field.seat(),
    [ROOM_LOCKED]: field.bool(),
    [ROOM_REVISION]: field.tick(),
    [ROOM_INVITE]: field.text({ maxBytes: LIMITS.maxNameBytes }),
    ...schema.state,
    ...named('options', schema.options),
    ...named('metadata', schema.metadata),
  }
}

/** All fields of the entities `#player`. */
export function playerFields(schema: GameSchema): FieldMap {
  return { connected: field.bool(), ...schema.player, ...named('profile', schema.profile) }
}

/** Whether a field belongs to a section of the lobby, and not to the game's own state. */
export const isShownName = (name: string): boolean => name.includes('.') || name.startsWith('#')

function named(section: ShownSection, fields: FieldMap): FieldMap {
  return Object.fromEntries(Object.entries(fields).map(([name, declared]) => [shownName(section, name), declared]))
}
