import type { Player, Room } from 'tickwire/server'
import type { Arena } from '../shared/schema.ts'
import type { PickUps } from './pick-ups.ts'

/** What a room keeps to itself. */
export interface RoomData {
  readonly pickUps: PickUps
}

export type ArenaRoom = Room<Arena, RoomData>
export type Pilot = Player<Arena>
export type { Ship } from '../shared/schema.ts'
