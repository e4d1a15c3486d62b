import type { Game, GameSchema, GameTypes } from '@tickwire/protocol'
import type { GameCodec, SeatOffer } from '@tickwire/protocol/internal'
import type { Report } from '../report.ts'
import type { JoinedRoom } from '../room-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'

/** What parties and tickets need of their client. */
export interface PeopleHost {
  readonly report: Report
  /** Of the link that is open, or one that is opened now. */
  channel(): LobbyChannel
  codecOf(game: { readonly schema: GameSchema }): Promise<GameCodec>
  /** Joins with a reservation. */
  takeSeat<G extends GameTypes>(game: Game<G>, join: G['join'], seat: SeatOffer): Promise<JoinedRoom<G>>
}
