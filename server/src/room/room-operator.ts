import { RefusedError } from '@tickwire/protocol'
import { MessageEncoder } from './message-encoder.ts'
import type { RoomCore } from './room-core.ts'
import type { RoomLobby } from './room-lobby.ts'
import type { Seat } from './seat.ts'

/** Entities of a kind that an operator is shown; a room of thousands is told in numbers. */
const MAX_SHOWN = 100

/** Everything in a room, in terms of JSON. */
export interface RoomInspection {
  readonly state: object
  readonly players: readonly InspectedPlayer[]
  /** By kind: how many there are, and the first of them. */
  readonly entities: Readonly<Record<string, { readonly count: number; readonly first: readonly object[] }>>
}

export interface InspectedPlayer {
  readonly seat: number
  readonly userId: string
  readonly isBot: boolean
  readonly connected: boolean
  readonly fields: object
}

/** What operators and services may do in a room, whoever owns it. */
export class RoomOperator {
  private readonly core: RoomCore
  private readonly lobby: RoomLobby
  private readonly kick: (seat: Seat, reason: string) => void
  private readonly encoder: MessageEncoder

  constructor(core: RoomCore, lobby: RoomLobby, kick: (seat: Seat, reason: string) => void) {
    this.core = core
    this.lobby = lobby
    this.kick = kick
    this.encoder = new MessageEncoder(core.codec)
  }

  /** People and bots that hold a seat. */
  get players(): { readonly people: number; readonly bots: number } {
    let people = 0
    for (const { isBot } of this.core.players.values()) if (!isBot) people++
    return { people, bots: this.core.players.size - people }
  }

  /** @throws RefusedError `player-not-found` */
  remove(seat: number, ban: boolean): void {
    const found = this.playerAt(seat)
    this.core.tape?.note({ type: 'removed', seat, ban })
    if (ban) this.lobby.ban(found)
    else this.kick(found, 'kicked')
  }

  /**
   * Sends a message of the game, reliably, to one player or, with null, to all.
   * @throws RefusedError `player-not-found`, ConfigError for a message that there is not, RangeError for a field that does not fit
   */
  send(seat: number | null, message: string, payload: object): void {
    const encoded = this.encoder.encode(message, payload)
    const seats = seat === null ? this.core.seats : [this.playerAt(seat)]
    for (const one of seats) one.tell(encoded, 'reliable')
  }

  inspect(): RoomInspection {
    const { world, players, seats, codec } = this.core
    const entities: Record<string, { count: number; first: object[] }> = {}
    for (const { kind, fields, head } of world.table) {
      if (kind === codec.layout.room || kind === codec.layout.player) continue
      const shown = (entities[kind.name] ??= { count: 0, first: [] })
      if (shown.count++ < MAX_SHOWN) shown.first.push({ ...plain(fields), owner: head.owner })
    }
    return {
      state: plain(world.state),
      players: Array.from(players.values(), ({ id, userId, isBot, connected }) => {
        return { seat: id, userId, isBot, connected, fields: plain(seats.at(id)!.fields) }
      }),
      entities,
    }
  }

  private playerAt(id: number): Seat {
    const seat = this.core.players.has(id) ? this.core.seats.at(id) : undefined
    if (seat === undefined) throw new RefusedError('player-not-found', `nobody has seat ${id}`)
    return seat
  }
}

/** The values as they are now; bytes are only counted. */
function plain(fields: object): object {
  const values = Object.entries(fields).map(([name, value]) => {
    return [name, value instanceof Uint8Array ? `${value.length} bytes` : structuredClone(value)]
  })
  return Object.fromEntries(values) as object
}
