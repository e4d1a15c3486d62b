import { defineRoom, recordFiles, replay } from 'tickwire/server'
import type { Room } from 'tickwire/server'
import type { Duel } from './duel.ts'
import { duelRoom } from './room.ts'

export const recordedRoom = (folder: string): typeof duelRoom =>
  defineRoom(duelRoom.game, { ...duelRoom.definition, record: recordFiles(folder), keyframeSeconds: 1 })

export async function again(path: string): Promise<string> {
  const { divergence, ticks } = await replay(path, duelRoom)
  if (divergence === null) return `the same for ${ticks} ticks`
  const { tick, entity, field, recorded, replayed } = divergence
  return `tick ${tick}: ${entity?.kind} ${entity?.id}.${field} was ${JSON.stringify(recorded)}, is ${JSON.stringify(replayed)}`
}

export async function whenHurt(path: string): Promise<number> {
  let hurtAt = -1
  await replay(path, duelRoom, {
    onTick(room: Room<Duel>) {
      for (const pilot of room.world.all('pilot')) if (pilot.hp < 100 && hurtAt < 0) hurtAt = room.tick
    },
  })
  return hurtAt
}
