import { lobbyCodec } from '@tickwire/protocol/internal'
import type { Game, GameTypes } from '@tickwire/protocol'
import { GameLobby } from './game-lobby.ts'
import type { Lobby } from './lobby-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import { PeopleClient } from './people-client.ts'
import type { PeopleHost } from './people-host.ts'
import { RoomLists } from './room-lists.ts'

export { lobbyCodec } from '@tickwire/protocol/internal'

/** All that one client does outside of rooms: at whichever server it is, over drops and rooms. */
export class Outside {
  readonly people: PeopleClient
  readonly lists: RoomLists
  private readonly host: PeopleHost

  constructor(host: PeopleHost) {
    this.host = host
    this.people = new PeopleClient(host)
    this.lists = new RoomLists(host.report)
  }

  /** The client is on another link. */
  attach(channel: LobbyChannel): void {
    this.people.attach(channel)
    channel.begin(lobbyCodec)
    this.lists.attach(channel)
  }

  lobby<G extends GameTypes>(game: Game<G>): Lobby<G> {
    const { host, lists } = this
    const { report } = host
    return new GameLobby<G>({ lists, report, channel: () => host.channel(), codec: () => host.codecOf(game) })
  }
}
