import { RefusedError } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Player, Room } from '@tickwire/server'
import { arena } from './arena.ts'
import type { Arena } from './arena.ts'

const RESPAWN_SECONDS = 2

interface Kills {
  kills: number
}

function enter(room: Room<Arena, Kills>, player: Player<Arena>): void {
  const [x, y] = [1000 + room.random() * 2000, 1000 + room.random() * 2000]
  room.world.spawn('ship', { x, y, hp: 100, ammo: 30 }, { owner: player })
}

/** Who leaves while dead does not come back: the seat may have another player by then. */
function respawn(room: Room<Arena, Kills>, player: Player<Arena>): void {
  if (room.players.get(player.id) === player) enter(room, player)
}

export const arenaRoom = defineRoom(arena, {
  maxPlayers: 16,
  resumeWindowMs: 30_000,
  data: (): Kills => ({ kills: 0 }),
  onJoin(room, player) {
    if (room.state.phase === 'over') throw new RefusedError('round-over')
    player.state.name = player.join.name
    enter(room, player)
  },
  onTick(room) {
    for (const ship of room.world.all('ship')) {
      if (ship.hp > 0) continue
      room.emit('explosion', ship, { at: ship })
      room.world.despawn(ship)
      room.data.kills++
      const shooter = ship.hitBy === null ? undefined : room.players.get(ship.hitBy)
      if (shooter) shooter.state.score++
      const victim = ship.owner === null ? undefined : room.players.get(ship.owner)
      if (victim) room.after(RESPAWN_SECONDS, () => respawn(room, victim))
    }
  },
  onDrop(room, player) {
    room.broadcast('chat', { from: null, text: `${player.state.name} lost the connection` })
  },
  onResume(room, player) {
    room.broadcast('chat', { from: null, text: `${player.state.name} is back` })
  },
  onMessage: {
    chat(room, player, { text }) {
      room.broadcast('chat', { from: player.id, text })
    },
  },
  onRequest: {
    refill(_room, player) {
      for (const ship of player.owned('ship')) return { ammo: (ship.ammo = 30) }
      throw new RefusedError('no-ship')
    },
  },
})
