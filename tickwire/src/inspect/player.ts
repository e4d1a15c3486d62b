import type { Game, GameTypes } from '@tickwire/protocol'
import { createClient } from '@tickwire/sdk'
import type { Client, JoinedRoom } from '@tickwire/sdk'
import { WebSocket } from 'ws'
import { UsageError } from '../cli/usage.ts'

export interface PlayerOptions {
  readonly url: string
  readonly game: Game<GameTypes>
  readonly join: object
  /** The key of the room; null: wherever there is a seat. */
  readonly key: string | null
}

/** A player without a screen, for who wants to say something. Its inputs are neutral. */
export class InspectingPlayer {
  private readonly client: Client
  private readonly room: JoinedRoom<GameTypes>
  private readonly timer: NodeJS.Timeout

  private constructor(client: Client, room: JoinedRoom<GameTypes>, tickRateHz: number) {
    this.client = client
    this.room = room
    this.timer = setInterval(() => room.advance(() => ({})), 1000 / tickRateHz)
  }

  /** @throws what the join rejects with */
  static async join({ url, game, join, key }: PlayerOptions): Promise<InspectingPlayer> {
    const client = createClient(url, { WebSocket, storage: null })
    try {
      const room = await client.joinOrCreate(game, join, key === null ? {} : { key })
      return new InspectingPlayer(client, room, game.schema.tickRateHz)
    } catch (error) {
      await client.close()
      throw error
    }
  }

  /**
   * Does what a line says: `send chat {"text":"hi"}`, `request refill {"kind":"ammo"}`.
   * @returns what came of it, if that is more than what goes by anyway
   * @throws what is wrong with the line or the values
   */
  async act(line: string): Promise<string | null> {
    const [, verb, name = '', json = ''] = /^\s*(\S+)(?:\s+(\S+)(?:\s+(.+?))?)?\s*$/.exec(line) ?? []
    if (verb === undefined) return null
    if ((verb !== 'send' && verb !== 'request') || name === '') throw new UsageError(SYNTAX)
    const values = parse(json) as never
    if (verb === 'request') return `reply ${JSON.stringify(await this.room.request(name as never, values))}`
    if (!this.room.send(name as never, values)) return 'not sent: the room is over, or too much waits to be sent'
    return null
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    await this.client.close()
  }
}

const SYNTAX = 'expected: send <message> {"field":value}   or: request <request> {"field":value}'

function parse(json: string): unknown {
  if (json === '') return {}
  try {
    return JSON.parse(json)
  } catch {
    throw new UsageError(`expected JSON like {"text":"hi"}, got ${json}`)
  }
}
