import { RefusedError } from 'tickwire'
import { defineRoom } from 'tickwire/server'
import { duel } from './duel.ts'

export const casual = defineRoom(duel, {
  name: 'casual',
  maxPlayers: 4,
  maxSpectators: 2,
  owner: 'creator', // the first player owns the room, after it whoever sits longest
  metadataBy: 'owner', // its page may change the title
  options: { map: 'snow', rounds: 3 }, // where the creator says nothing
  onCreate(room) {
    if (room.options.rounds === 0) throw new RefusedError('no-rounds', 'A duel has at least one round.')
    room.setMetadata({ title: `On ${room.options.map}` })
  },
  onJoin(room, player) {
    player.state.name = player.join.name
    room.world.spawn('piece', { x: 100, y: 100, secret: 7 }, { owner: player })
  },
})

export const ranked = defineRoom(duel, { name: 'ranked', maxPlayers: 2, emptyRoomMs: 0 })
