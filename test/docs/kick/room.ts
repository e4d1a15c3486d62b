import { defineRoom, RefusedError } from 'tickwire/server'
import { kick } from './kick.ts'

const MATCH_SECONDS = 90

export const kickRoom = defineRoom(kick, {
  maxPlayers: 8,
  data: () => ({ lastKick: null as number | null }),
  onCreate(room) {
    room.world.spawn('ball', { x: 400, y: 400 })
    room.state.endsAt = room.tick + MATCH_SECONDS * 60
    room.after(MATCH_SECONDS, () => room.dispose())
  },
  onJoin(room, player) {
    if (player.join.name === '') throw new RefusedError('no-name', 'Please take a name.')
    player.state.name = player.join.name
    room.world.spawn('runner', { x: 300, y: 400, breath: 20 }, { owner: player })
  },
  onTick(room) {
    for (const player of room.players.values()) {
      if (!room.world.inputOf(player.id).kick) continue
      player.state.kicks++
      room.data.lastKick = player.id
    }
    for (const ball of room.world.all('ball')) {
      if (ball.x < 780) continue
      room.state.goals++
      room.emit('goal', { by: room.data.lastKick })
      Object.assign(ball, { x: 400, y: 400, vx: 0, vy: 0 })
      room.world.teleport(ball)
    }
  },
  onMessage: {
    chat(room, player, { text }) {
      room.broadcast('chat', { from: player.id, text })
    },
  },
  onRequest: {
    rest(_room, player) {
      for (const runner of player.owned('runner')) return { breath: (runner.breath = 20) }
      throw new RefusedError('no-runner')
    },
  },
})
