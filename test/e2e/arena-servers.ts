// Game servers that do what the demo's own would do too rarely. Pages of this machine may play on all of them.
import { defineGame, defineSimulation, entity, field } from 'tickwire'
import { createGameServer, defineRoom } from 'tickwire/server'
import type { GameServer, RoomType } from 'tickwire/server'
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

/** As much as the arena is made for: 32 ships and 300 bullets, all of it in sight. */
export const startCrowd = (): Promise<GameServer> => start(crowd)

const other = defineSimulation(
  defineGame({
    name: 'arena',
    tickRateHz: 60,
    entities: { dot: entity({ x: field.uint({ max: 9 }) }, {}) },
    input: { up: field.bool() },
  }),
  () => undefined,
)

/** Another version of the game, of the same name. */
export const startOther = (): Promise<GameServer> => start(defineRoom(other, {}))

const strict = defineRoom(arena, {
  onJoin(room, player) {
    room.world.spawn('ship', { x: 300, y: 300, hp: FULL_HP }, { owner: player })
  },
  onMessage: {
    chat(_room, player) {
      player.ban()
    },
  },
})

/** Whoever says a word is shut out. */
export const startStrict = (): Promise<GameServer> => start(strict)

function start(room: RoomType): Promise<GameServer> {
  return createGameServer({ port: 0, rooms: [room], log: 'silent' })
}
