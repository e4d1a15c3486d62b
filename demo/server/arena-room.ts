import { defineRoom } from 'tickwire/server'
import type { Player, Room } from 'tickwire/server'
import { FULL_HP } from '../shared/schema.ts'
import type { Arena, Ship } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import { SPAWNS } from '../shared/map.ts'
import { spoken } from './spoken.ts'

const RESPAWN_SECONDS = 2
/** Nobody appears in front of somebody's guns. */
const SPAWN_DISTANCE = 320
const CHAT_PAUSE_TICKS = 30

type ArenaRoom = Room<Arena>
type Pilot = Player<Arena>

export const arenaRoom = defineRoom(arena, {
  maxPlayers: 32,
  onJoin(room, player) {
    player.state.name = spoken(player.join.name, 16) || `Pilot ${player.id + 1}`
    spawnShip(room, player)
    announce(room, `${player.state.name} joined`)
  },
  onDrop(room, player) {
    announce(room, `${player.state.name} lost the connection`)
  },
  onResume(room, player) {
    announce(room, `${player.state.name} is back`)
  },
  onLeave(room, player) {
    for (const ship of player.owned('ship')) room.world.despawn(ship)
    announce(room, `${player.state.name} left`)
  },
  onTick(room) {
    for (const ship of room.world.all('ship')) if (ship.hp === 0) explode(room, ship)
  },
  onMessage: {
    chat(room, player, { text }) {
      const line = spoken(text, 120)
      if (line === '' || room.tick < player.state.mayChatAt) return
      player.state.mayChatAt = room.tick + CHAT_PAUSE_TICKS
      room.broadcast('chat', { from: player.id, text: line })
    },
  },
})

function explode(room: ArenaRoom, ship: Ship): void {
  room.emit('explosion', { x: ship.x, y: ship.y, seat: ship.owner }, { at: ship })
  room.world.despawn(ship)
  const victim = ship.owner === null ? undefined : room.players.get(ship.owner)
  const killer = ship.hitBy === null ? undefined : room.players.get(ship.hitBy)
  if (killer) killer.state.score = Math.min(9999, killer.state.score + 1)
  if (!victim) return
  if (killer) announce(room, `${killer.state.name} destroyed ${victim.state.name}`)
  victim.state.respawnAt = room.tick + RESPAWN_SECONDS * arena.schema.tickRateHz
  room.after(RESPAWN_SECONDS, () => {
    // The seat may be empty or somebody else's by now.
    if (room.players.get(victim.id) === victim) spawnShip(room, victim)
  })
}

function spawnShip(room: ArenaRoom, player: Pilot): void {
  const { x, y } = freeSpawn(room)
  const angle = (room.random() * 2 - 1) * Math.PI
  room.world.spawn('ship', { x, y, angle, hp: FULL_HP }, { owner: player })
}

function freeSpawn(room: ArenaRoom): { readonly x: number; readonly y: number } {
  const free = SPAWNS.filter((spawn) => room.world.near('ship', spawn, SPAWN_DISTANCE).length === 0)
  const choice = free.length > 0 ? free : SPAWNS
  return choice[Math.floor(room.random() * choice.length)] ?? choice[0]!
}

function announce(room: ArenaRoom, text: string): void {
  room.broadcast('chat', { from: null, text })
}
