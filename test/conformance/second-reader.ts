/** The second decoder, put to the frames of a recording. */
import type { GameSchema } from '@tickwire/protocol'
import { arenaSchema } from '../games/arena/arena.ts'
import { cardsSchema } from '../games/cards/cards.ts'
import { cellsSchema } from '../games/cells/cells.ts'
import { Conversation } from './decoder/conversation.ts'
import type { Decoded } from './decoder/conversation.ts'
import type { End } from './decoder/messages.ts'
import { entitiesOf } from './decoder/show.ts'
import { flockSchema } from './flock.ts'
import { Ledger, shown } from './shown.ts'
import type { Shown } from './shown.ts'
import { swarmSchema } from './swarm.ts'
import { zooSchema } from './zoo.ts'

export const GAMES: readonly GameSchema[] = [arenaSchema, cardsSchema, cellsSchema, zooSchema, flockSchema, swarmSchema]

/** Reads one packet after the other, as the corpus shows them. */
export class SecondReader {
  readonly conversation: Conversation
  private readonly ledgers = new Map<unknown, Ledger>()

  constructor(games: readonly GameSchema[] = GAMES) {
    this.conversation = new Conversation(games)
  }

  read(from: End, packet: Uint8Array): Shown[] {
    return this.conversation.read(from, packet).map((message) => shown(this.complete(message)))
  }

  private complete(message: Decoded): object {
    const isSnapshot = message.type === 'snapshot' || message.type === 'looseSnapshot'
    if (!isSnapshot || message['isLate'] === true) return message
    const reader = this.conversation.readerOf(Number(message['channel']))
    const ledger = this.ledgers.get(reader) ?? new Ledger()
    this.ledgers.set(reader, ledger)
    return { ...message, changes: ledger.changes(entitiesOf(reader)) }
  }
}
