import { attributesOf, checkCriteria, parseCriteria } from '@tickwire/protocol/internal'
import type { ClientItem, JoinVerb } from '@tickwire/protocol/internal'
import type { NewRoom, SeatCriteria } from '../directory/directory.ts'
import { normalInvite } from '../directory/invite.ts'
import type { HostedType } from '../room/registry.ts'

/** What a join says of the room that it wants, in the words of the directory. */

/** What a join says of its room. */
export type SeatWish = Pick<Extract<ClientItem, { type: 'join' }>, 'verb' | 'game' | 'room' | 'reservation' | 'wish'>

/** Those that name a room that exists. */
const NAMING: readonly JoinVerb[] = ['joinById', 'joinByCode', 'spectate']

export const mayCreate = ({ verb, reservation }: SeatWish): boolean => !NAMING.includes(verb) && reservation === ''

export const keyOf = ({ verb, room }: SeatWish): string | null => (NAMING.includes(verb) || room === '' ? null : room)

export function newRoomOf(item: SeatWish, { typeName, maxPlayers, isPrivate }: HostedType): NewRoom | null {
  if (!mayCreate(item)) return null
  const key = keyOf(item)
  // Who names a room by a key wants to meet those who know it.
  return { type: typeName, key, maxPlayers, isListed: !isPrivate && !item.wish.isPrivate && key === null }
}

export function criteriaOf(item: SeatWish, hosted: HostedType, except: readonly string[]): SeatCriteria {
  const { verb, game, room, reservation, wish } = item
  if (reservation !== '') return { game, by: 'reservation', reservation }
  if (verb === 'joinById' || verb === 'spectate') return { game, by: 'roomId', roomId: room }
  if (verb === 'joinByCode') return { game, by: 'code', code: normalInvite(room) }
  // Who wants a room of its own, or one with a password, does not want one that exists.
  if (verb === 'create' || (room === '' && (wish.isPrivate || wish.password !== ''))) return { game, by: 'new' }
  if (room !== '') return { game, by: 'key', key: room }
  const where = parseCriteria(wish.where)
  checkCriteria(where, attributesOf(hosted.type.game.schema))
  return { game, by: 'any', type: hosted.typeName, where, except }
}

export const NO_SEAT_TEXT: Readonly<Record<string, string>> = {
  'room-not-found': 'there is no room with this id; it may have ended, or this is a key, which joinOrCreate takes',
  'server-full': 'this server has all the rooms that it may have',
  'room-full': 'all seats of the room are taken',
  'room-locked': 'the room takes no more players',
  'key-taken': 'there is a room with this key already',
  'wrong-code': 'no room has this invite code; it may have ended',
  'reservation-expired': 'the reserved seat was given up; join again',
}
