import { RefusedError } from '@tickwire/protocol'
import { shownName } from '@tickwire/protocol/internal'
import type { RoomCommand } from './ports.ts'
import type { PlayerViewArea } from './room-api.ts'
import type { RoomCore } from './room-core.ts'
import type { Seat } from './seat.ts'

/** Who owns a room, who may not come back, and what those in it ask of the lobby. */
export class RoomLobby {
  private readonly core: RoomCore
  private readonly kick: (seat: Seat, reason: string) => void
  /** Users; who is anonymous has another id on another link, so a ban holds as long as the link. */
  private readonly banned = new Set<string>()
  /** The user whose room it is, while they have not come and nobody gave it away. */
  private awaited: string | null

  constructor(core: RoomCore, kick: (seat: Seat, reason: string) => void) {
    this.core = core
    this.kick = kick
    this.awaited = core.card.terms.owner
  }

  /** @throws RefusedError `banned` */
  checkUser(userId: string): void {
    if (this.banned.has(userId)) throw new RefusedError('banned', 'you may not enter this room again')
  }

  /** A player is in. */
  entered({ id, think, link }: Seat): void {
    const { card, type } = this.core
    if (type.definition.owner !== 'creator' || think !== null) return
    if (link.userId === this.awaited) this.own(id)
    else if (card.owner === null) this.pass(id)
  }

  /** A seat is free again: its room goes to whoever sits longest. */
  left({ id }: Seat): void {
    const { card, players, seats } = this.core
    if (card.owner !== id) return
    // In the order in which they came.
    const heir = [...players.keys()].find((seat) => seat !== id && seats.at(seat)?.think === null)
    this.pass(heir ?? null)
  }

  /** Somebody has decided whose the room is. */
  own(seat: number | null): void {
    this.awaited = null
    this.pass(seat)
  }

  private pass(seat: number | null): void {
    const { card, game, type, facade, players } = this.core
    if (card.owner === seat) return
    card.owner = seat
    const player = seat === null ? null : (players.get(seat) ?? null)
    game.run('owner', seat, () => type.definition.onOwner?.(facade, player))
  }

  ban(seat: Seat): void {
    this.banned.add(seat.link.userId)
    this.kick(seat, 'banned')
  }

  /** @throws RefusedError when this seat may not, or what it names is not there; DecodeError for bytes that are no patch */
  manage(seat: Seat, command: RoomCommand): void {
    switch (command.kind) {
      case 'profile':
        this.setProfile(seat, command.patch)
        return
      case 'view':
        this.look(seat, command.area)
        return
      case 'metadata':
        this.setMetadata(seat, command)
        return
      case 'remove':
        this.expectOwner(seat)
        if (command.ban) this.ban(this.playerAt(command.seat))
        else this.kick(this.playerAt(command.seat), 'kicked')
        return
      case 'lock':
        this.expectOwner(seat)
        this.core.card.isLocked = command.locked
        return
      case 'transfer':
        this.expectOwner(seat)
        this.own(this.playerAt(command.seat).id)
    }
  }

  private setMetadata(seat: Seat, { revision, patch }: Extract<RoomCommand, { kind: 'metadata' }>): void {
    const { card, codec, type } = this.core
    this.expectOwner(seat)
    if (type.definition.metadataBy !== 'owner') {
      throw new RefusedError('not-allowed', 'the metadata of this room is set by the server')
    }
    if (revision !== 0 && revision !== card.revision) {
      throw new RefusedError('outdated', `the room has changed since revision ${revision}: it is at ${card.revision}`)
    }
    card.setMetadata(codec.decodePatch(codec.schema.metadata, patch))
  }

  private setProfile(seat: Seat, bytes: Uint8Array): void {
    const { codec, game, type, facade } = this.core
    if (seat.isSpectator) throw new RefusedError('not-allowed', 'a spectator has no profile')
    const patch = codec.decodePatch(codec.schema.profile, bytes)
    for (const [name, value] of Object.entries(patch)) seat.fields[shownName('profile', name)] = value
    game.run('profile', seat.id, () => type.definition.onProfile?.(facade, seat.player))
  }

  private look(seat: Seat, area: PlayerViewArea | null): void {
    // What a player sees is the game's to say.
    if (!seat.isSpectator) throw new RefusedError('not-allowed', 'only spectators choose what they look at')
    seat.view = area
  }

  private expectOwner({ id }: Seat): void {
    if (this.core.card.owner !== id) throw new RefusedError('not-owner', 'only the owner of the room may do this')
  }

  private playerAt(id: number | null): Seat {
    const seat = id === null || !this.core.players.has(id) ? undefined : this.core.seats.at(id)
    if (seat === undefined) throw new RefusedError('no-such-player', `nobody has seat ${id}`)
    return seat
  }
}
