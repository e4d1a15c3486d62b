import type { SimWorld } from '@tickwire/protocol'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { Room } from '../../../server/src/room/room-api.ts'
import { RoomHarness } from './harness.ts'
import type { Member, Told } from './harness.ts'
import { handlers, smallGame } from './small-game.ts'
import type { Small } from './small-game.ts'

/** A room of the small game, and how its own code sees it. */
export function start(step?: (world: SimWorld<Small>) => void): { harness: RoomHarness; room: Room<Small> } {
  const harness = new RoomHarness(defineRoom(smallGame(step), handlers))
  return { harness, room: harness.room.core.facade as unknown as Room<Small> }
}

/** A step in which every ball goes on. */
export function rolling(world: SimWorld<Small>): void {
  for (const ball of world.all('ball')) ball.x += ball.vx * world.dt
}

/** Runs snapshot ticks, acknowledging what comes; says how many came. */
export function play(harness: RoomHarness, members: readonly Member[], snapshots: number): number {
  const before = members[0]!.link.told.length
  for (let i = 0; i < snapshots; i++) {
    harness.snapshot()
    for (const member of members) member.ack()
  }
  return members[0]!.link.told.length - before
}

/** What a member was told last. */
export const last = (member: Member): Told => member.link.told.at(-1)!
