import type { GameTypes } from '@tickwire/protocol'
import type { GameCodec } from '@tickwire/protocol/internal'
import type { PlayerRef, RoomAdmin } from '../room-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'

const seatOf = (player: PlayerRef): number => (typeof player === 'number' ? player : player.id)

/** What the owner of a room may do with it: asked of the server, which knows who that is. */
export class GameRoomAdmin<G extends GameTypes> implements RoomAdmin<G> {
  private readonly room: string
  private readonly codec: GameCodec
  private readonly lobby: LobbyChannel

  constructor(room: string, codec: GameCodec, lobby: LobbyChannel) {
    this.room = room
    this.codec = codec
    this.lobby = lobby
  }

  async kick(player: PlayerRef): Promise<void> {
    await this.lobby.request('removePlayer', { room: this.room, seat: seatOf(player), ban: false })
  }

  async ban(player: PlayerRef): Promise<void> {
    await this.lobby.request('removePlayer', { room: this.room, seat: seatOf(player), ban: true })
  }

  async lock(): Promise<void> {
    await this.lobby.request('lockRoom', { room: this.room, locked: true })
  }

  async unlock(): Promise<void> {
    await this.lobby.request('lockRoom', { room: this.room, locked: false })
  }

  async transfer(player: PlayerRef): Promise<void> {
    await this.lobby.request('transferRoom', { room: this.room, seat: seatOf(player) })
  }

  async setMetadata(
    patch: Partial<G['metadata']>,
    { revision = 0 }: { readonly revision?: number } = {},
  ): Promise<number> {
    const bytes = this.codec.encodePatch(this.codec.schema.metadata, patch, 'setMetadata')
    const reply = await this.lobby.request('setMetadata', { room: this.room, revision, patch: bytes })
    return reply.revision
  }
}
