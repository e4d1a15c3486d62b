// What only the server decides: who gets in, and who has taken a coin.
import type { Server } from 'node:http'
import { createGameServer, defineRoom } from 'tickwire/server'
import type { GameServer, Room } from 'tickwire/server'
import { coins, HEIGHT, RADIUS, WIDTH } from '../shared/game.ts'
import type { Coins } from '../shared/game.ts'

const COINS = 12

export const coinsRoom = defineRoom(coins, {
  maxPlayers: 16,
  onCreate(room) {
    for (let i = 0; i < COINS; i++) dropCoin(room)
  },
  onJoin(room, player) {
    player.state.name = player.join.name.trim() || `Player ${player.id + 1}`
    const hue = Math.floor(room.random() * 360)
    room.world.spawn('hero', { x: WIDTH / 2, y: HEIGHT / 2, hue }, { owner: player })
  },
  onTick(room) {
    for (const hero of room.world.all('hero')) {
      for (const coin of room.world.near('coin', hero, 2 * RADIUS)) {
        const player = room.players.get(hero.owner ?? -1)
        if (player) player.state.coins = Math.min(999, player.state.coins + 1)
        room.emit('taken', { x: coin.x, y: coin.y }, { at: coin })
        room.world.despawn(coin)
        dropCoin(room)
      }
    }
  },
})

function dropCoin(room: Room<Coins>): void {
  const x = RADIUS + room.random() * (WIDTH - 2 * RADIUS)
  const y = RADIUS + room.random() * (HEIGHT - 2 * RADIUS)
  room.world.spawn('coin', { x, y })
}

export const rooms = [coinsRoom]

/** The dev server calls it, and `production.ts`. */
export function startServer(options: { httpServer: Server }): Promise<GameServer> {
  return createGameServer({ ...options, rooms })
}
