import type { Game, GameTypes } from '@tickwire/protocol'
import { createClient } from '@tickwire/sdk'
import type { Client, ClientOptions, CloseInfo, Impairment, JoinedRoom } from '@tickwire/sdk'
import { createClientWith, platformParts } from '@tickwire/sdk/internal'
import { WebSocket } from 'ws'
import { LightRoom } from './light-room.ts'
import type { BotStats, Sample } from './light-room.ts'

/** How much of a client a bot is; see `LightRoom` for `light`. `full` predicts and interpolates as a game does. */
export type BotMode = 'light' | 'full'

export interface BotOptions {
  readonly url: string
  readonly game: Game<GameTypes>
  readonly join: object
  /** All bots with the same key meet in one room; null: wherever there is a seat. */
  readonly key: string | null
  readonly mode: BotMode
  readonly impair: Impairment
}

/** One client without a screen. */
export interface Bot {
  readonly stats: BotStats
  readonly left: Promise<CloseInfo>
  /** From the call that opened it to the first snapshot. */
  readonly joinMs: number
  /** The whole room, for behaviours that look at it; null in light mode. */
  readonly room: JoinedRoom<GameTypes> | null
  /** Once per tick. */
  advance(sample: Sample): void
  close(): Promise<void>
}

/** Joins. @throws what the join rejects with */
export async function openBot(options: BotOptions, nowMs: () => number): Promise<Bot> {
  const startedMs = nowMs()
  const client = clientFor(options)
  try {
    const room = await client.joinOrCreate(options.game, options.join, options.key === null ? {} : { key: options.key })
    return {
      joinMs: nowMs() - startedMs,
      left: room.left,
      room: options.mode === 'full' ? room : null,
      get stats() {
        return room.stats
      },
      advance: (sample) => room.advance(sample),
      close: () => leave(client, room),
    }
  } catch (error) {
    await client.close()
    throw error
  }
}

function clientFor({ url, mode, impair }: BotOptions): Client {
  const options: ClientOptions = { WebSocket, storage: null, impair }
  if (mode === 'full') return createClient(url, options)
  return createClientWith(url, options, {
    ...platformParts(options),
    openRoom: (game, joined, link) => new LightRoom(game as unknown as Game<GameTypes>, joined, link) as never,
  })
}

async function leave(client: Client, room: JoinedRoom<GameTypes>): Promise<void> {
  await room.leave()
  await client.close()
}
