import { defineRoom } from '@tickwire/server'
import type { Player, Room } from '@tickwire/server'
import { cells, START_MASS, WORLD_SIZE } from './cells.ts'
import type { Cells } from './cells.ts'

export const PELLETS = 4000
const RESPAWN_SECONDS = 3
/** How far a player sees beyond its own cells. */
export const VIEW_RADIUS = 500

interface Kitchen {
  pellets: number
}

function addPellet(room: Room<Cells, Kitchen>): void {
  const [x, y] = [room.random() * (WORLD_SIZE - 1), room.random() * (WORLD_SIZE - 1)]
  room.world.spawn('pellet', { x, y, hue: Math.floor(room.random() * 8) })
}

function enter(room: Room<Cells, Kitchen>, player: Player<Cells>): void {
  const [x, y] = [room.random() * (WORLD_SIZE - 1), room.random() * (WORLD_SIZE - 1)]
  room.world.spawn('cell', { x, y, mass: START_MASS }, { owner: player })
  player.view = { x, y, radius: VIEW_RADIUS }
}

/** The view follows the middle of a player's cells; who is dead goes on looking where it died. */
function look(player: Player<Cells>): void {
  let [x, y, mass] = [0, 0, 0]
  for (const cell of player.owned('cell')) {
    x += cell.x * cell.mass
    y += cell.y * cell.mass
    mass += cell.mass
  }
  player.state.mass = mass
  if (mass > 0) player.view = { x: x / mass, y: y / mass, radius: VIEW_RADIUS }
}

export const cellsRoom = defineRoom(cells, {
  maxPlayers: 200,
  data: (): Kitchen => ({ pellets: PELLETS }),
  onCreate(room) {
    for (let i = 0; i < room.data.pellets; i++) addPellet(room)
  },
  onJoin(room, player) {
    player.state.name = player.join.name
    enter(room, player)
  },
  onTick(room) {
    for (const player of room.players.values()) {
      const wasAlive = player.state.mass > 0
      look(player)
      if (!wasAlive || player.state.mass > 0) continue
      room.after(RESPAWN_SECONDS, () => {
        if (room.players.get(player.id) === player) enter(room, player)
      })
    }
    const left = [...room.world.all('pellet')].length
    for (let i = left; i < room.data.pellets; i++) addPellet(room)
  },
})
