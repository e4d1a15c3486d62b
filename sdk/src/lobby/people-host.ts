import type { Game, GameSchema, GameTypes } from '@tickwire/protocol'
import type { GameCodec, SeatOffer } from '@tickwire/protocol/internal'
import type { Emitter } from '../events.ts'
import type { Report } from '../report.ts'
import type { JoinedRoom } from '../room-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import type { DirectMessage } from './people-api.ts'

/** What parties and tickets need of their client. */
export interface PeopleHost {
  readonly report: Report
  /** Who hears what others say. */
  readonly directs: Emitter<DirectMessage>
  /** Of the link that is open, or one that is opened now. */
  channel(): LobbyChannel
  codecOf(game: { readonly schema: GameSchema }): Promise<GameCodec>
  /** The round trip in ms; null when there is no answer. */
  measure(url: string): Promise<number | null>
  /** Joins with a reservation. */
  takeSeat<G extends GameTypes>(game: Game<G>, join: G['join'], seat: SeatOffer): Promise<JoinedRoom<G>>
}
