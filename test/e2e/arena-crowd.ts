// As much as the arena is made for: 32 ships and 300 bullets, all of it in sight.
import { createGameServer, defineRoom } from 'tickwire/server'
import type { GameServer } from 'tickwire/server'
import { FULL_HP, MAX_PLAYERS } from '../../demo/shared/schema.ts'
import { arena } from '../../demo/shared/simulate.ts'

export const BULLETS = 300
const SPREAD_TICKS = 60

/** Ships that fly in circles, fire three ways at once and never explode. Whoever joins is the last of them. */
const crowd = defineRoom(arena, {
  maxPlayers: MAX_PLAYERS,
  onCreate(room) {
    Object.assign(room.state, { phase: 'playing', endsAt: 2 ** 30 })
    for (let count = 1; count < MAX_PLAYERS; count++) {
      room.addBot({ name: `Bot ${count}` }, (bot) => ({
        thrust: true,
        turn: 2 + (bot.id % 3),
        firing: [...room.world.all('bullet')].length < BULLETS + MAX_PLAYERS,
      }))
    }
  },
  onJoin(room, player) {
    const [column, row] = [player.id % 8, Math.floor(player.id / 8)]
    player.state.name = player.join.name
    const place = { x: 240 + column * 220, y: 220 + row * 320 }
    room.world.spawn('ship', { ...place, hp: FULL_HP, team: player.state.team }, { owner: player })
  },
  onTick(room) {
    for (const ship of room.world.all('ship')) {
      ship.hp = FULL_HP
      ship.spreadUntil = room.tick + SPREAD_TICKS
    }
  },
  onMessage: { chat() {} },
})

/** Starts a game server on a free port that has only this room; any page of this machine may play there. */
export function startCrowd(): Promise<GameServer> {
  return createGameServer({ port: 0, rooms: [crowd], log: 'silent' })
}
