import { defineRoom } from 'tickwire/server'
import type { Room } from 'tickwire/server'
import type { SimEntity } from 'tickwire'
import { BEAM_LENGTH, duel, PILOT_RADIUS } from './duel.ts'
import type { Duel } from './duel.ts'

export const duelRoom = defineRoom(duel, {
  onJoin(room, player) {
    room.world.spawn('pilot', { x: 500, y: 100 + player.id * 300, hp: 100 }, { owner: player })
  },
  onTick(room) {
    for (const pilot of room.world.all('pilot')) if (pilot.beamAt === room.tick) beam(room, pilot)
  },
})

function beam(room: Room<Duel>, pilot: SimEntity<Duel, 'pilot'>): void {
  const player = room.players.get(pilot.owner!)
  if (player === undefined) return
  const end = { x: pilot.x, y: pilot.y + BEAM_LENGTH }
  const hit = room.rewind(player, (past) => past.ray('pilot', pilot, end, { radius: PILOT_RADIUS }))
  if (hit) hit.entity.hp = Math.max(0, hit.entity.hp - 25)
}
