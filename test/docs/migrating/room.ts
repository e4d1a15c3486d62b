import { defineRoom } from 'tickwire/server'
import { walkers } from './walkers.ts'

export const walkersRoom = defineRoom(walkers, {
  resumeWindowMs: 30_000,
  onJoin(room, player) {
    player.state.name = player.join.name
    room.world.spawn('walker', { x: 512, y: 512 }, { owner: player })
  },
  onMessage: {
    chat(room, player, { text }) {
      room.broadcast('chat', { from: player.id, text })
    },
  },
  onRequest: {
    cheer(room, player, { times }) {
      room.broadcast('chat', { from: player.id, text: 'hooray! '.repeat(times) })
      return { heardBy: room.players.size }
    },
  },
})
