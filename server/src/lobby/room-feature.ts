import { DecodeError, RefusedError } from '@tickwire/protocol'
import type { RoomCommand } from '../room/ports.ts'
import type { LobbyClient, LobbyFeature } from './lobby.ts'

/** What players ask about the room in which they sit. */
export const roomFeature: LobbyFeature = {
  handlers: {
    removePlayer: (client, { room, seat, ban }) => manage(client, room, { kind: 'remove', seat, ban }),
    lockRoom: (client, { room, locked }) => manage(client, room, { kind: 'lock', locked }),
    transferRoom: (client, { room, seat }) => manage(client, room, { kind: 'transfer', seat }),
    setMetadata: (client, { room, revision, patch }) => {
      manage(client, room, { kind: 'metadata', revision, patch })
      return { revision: seatIn(client, room).room.shown.revision }
    },
    setProfile: (client, { room, patch }) => manage(client, room, { kind: 'profile', patch }),
    setView: (client, { room, everything, x, y, radius }) =>
      manage(client, room, { kind: 'view', area: everything ? null : { x, y, radius } }),
  },
}

function manage(client: LobbyClient, roomId: string, command: RoomCommand): object {
  const { room, seat } = seatIn(client, roomId)
  try {
    room.manage(seat, command)
  } catch (error) {
    // Bytes within a request that are none of the game's: the request is wrong, the stream is not.
    if (error instanceof DecodeError) throw new RefusedError('bad-request', error.message)
    throw error
  }
  return {}
}

/** It may have left, and sit elsewhere, since it asked. */
function seatIn({ seated }: LobbyClient, roomId: string): NonNullable<LobbyClient['seated']> {
  if (seated?.room.id !== roomId) throw new RefusedError('not-seated', 'you are not in this room any more')
  return seated
}
