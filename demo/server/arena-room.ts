import { defineRoom } from 'tickwire/server'
import { LASER_DAMAGE, damage } from '../shared/damage.ts'
import { beamOf } from '../shared/guns.ts'
import { SHIP_RADIUS } from '../shared/map.ts'
import { MAX_PLAYERS } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import { fillWithBots } from './bots.ts'
import { nameRoom, showInLists } from './listing.ts'
import { PickUps } from './pick-ups.ts'
import { WINNING_SCORE, countPoint, newRound, runRound } from './rounds.ts'
import { spawnShip } from './ships.ts'
import { spoken } from './spoken.ts'
import { teamFor } from './teams.ts'
import type { ArenaRoom, RoomData, Ship } from './types.ts'

const RESPAWN_SECONDS = 2.5
const CHAT_PAUSE_TICKS = 30
const MAX_SCORE = 999
/**
 * Units around its ship that a player is told of: more than any screen shows. What is farther does not reach its page, and
 * so no cheat either, unless it looks on with a second page: spectators see the whole arena.
 */
const SIGHT = 800

/** Who looks on is no load for the simulation, but is sent snapshots. */
const MAX_SPECTATORS = 16

export interface ArenaOptions {
  /** The room's option of this name, where its creator says nothing (default 6). */
  readonly ships?: number
}

/** The room of the demo: two teams, rounds, pick-ups, bots. */
export const arenaRoom = ({ ships = 6 }: ArenaOptions = {}): ReturnType<typeof defineRoom> =>
  defineRoom(arena, {
    maxPlayers: MAX_PLAYERS,
    maxSpectators: MAX_SPECTATORS,
    options: { ships, points: WINNING_SCORE },
    data: (): RoomData => ({ pickUps: new PickUps() }),
    onCreate(room) {
      nameRoom(room)
      newRound(room)
    },
    onJoin(room, player) {
      player.state.name = spoken(player.join.name, 16) || `Pilot ${player.id + 1}`
      player.state.team = teamFor(room, player)
      player.state.isBot = player.isBot
      spawnShip(room, player)
      if (!player.isBot) announce(room, `${player.state.name} joined`)
    },
    onDrop(room, player) {
      announce(room, `${player.state.name} lost the connection`)
    },
    onResume(room, player) {
      announce(room, `${player.state.name} is back`)
    },
    onLeave(room, player) {
      if (!player.isBot) announce(room, `${player.state.name} left`)
    },
    onTick(room) {
      for (const ship of room.world.all('ship')) if (ship.laserAt === room.tick) hitByLaser(room, ship)
      for (const ship of room.world.all('ship')) if (ship.hp === 0) explode(room, ship)
      room.data.pickUps.run(room)
      runRound(room)
      look(room)
      fillWithBots(room)
      showInLists(room)
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

/** The beam meets the others where the shooter saw them when it fired. */
function hitByLaser(room: ArenaRoom, ship: Ship): void {
  const shooter = ship.owner === null ? undefined : room.players.get(ship.owner)
  if (shooter === undefined || room.state.phase !== 'playing') return
  const { x, y, toX, toY } = beamOf(ship)
  const hit = room.rewind(shooter, (past) => past.ray('ship', { x, y }, { x: toX, y: toY }, { radius: SHIP_RADIUS }))
  if (hit === null || hit.entity.team === ship.team || hit.entity.hp === 0) return
  damage(hit.entity, LASER_DAMAGE, ship.owner, room.tick)
  room.emit('hit', { x: hit.entity.x, y: hit.entity.y }, { at: hit.entity })
}

function explode(room: ArenaRoom, ship: Ship): void {
  room.emit('explosion', { x: ship.x, y: ship.y, team: ship.team }, { at: ship })
  room.emit('destroyed', { seat: ship.owner, by: ship.hitBy })
  room.world.despawn(ship)
  const killer = ship.hitBy === null ? undefined : room.players.get(ship.hitBy)
  if (killer) {
    killer.state.score = Math.min(MAX_SCORE, killer.state.score + 1)
    countPoint(room, killer.state.team)
  }
  const victim = ship.owner === null ? undefined : room.players.get(ship.owner)
  if (!victim) return
  victim.state.deaths = Math.min(MAX_SCORE, victim.state.deaths + 1)
  victim.state.respawnAt = room.tick + RESPAWN_SECONDS * arena.schema.tickRateHz
  room.after(RESPAWN_SECONDS, () => {
    // The seat may be empty or somebody else's by now.
    if (room.players.get(victim.id) === victim) spawnShip(room, victim)
  })
}

/** Each player is told of what is around its ship; one without a ship looks on where the last one was. */
function look(room: ArenaRoom): void {
  for (const ship of room.world.all('ship')) {
    const player = ship.owner === null ? undefined : room.players.get(ship.owner)
    if (player !== undefined) player.view = { x: ship.x, y: ship.y, radius: SIGHT }
  }
}

function announce(room: ArenaRoom, text: string): void {
  room.broadcast('chat', { from: null, text })
}
