import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'

export const HAND_CARDS = 5
const card = field.uint({ max: 51 })

/**
 * Tricks: everybody holds five cards, the leader plays one, the others follow its suit if they can, and the highest
 * card of that suit takes the trick. A face is suit * 13 + rank.
 */
export const cardsSchema = defineGame({
  name: 'cards',
  tickRateHz: 5,
  join: { name: field.text({ maxBytes: 24 }) },
  state: {
    phase: field.oneOf('waiting', 'playing', 'over'),
    round: field.uint({ max: 999 }),
    turn: field.seat(),
    trick: field.list(card, { maxItems: 4 }),
    winner: field.seat(),
  },
  player: { name: field.text({ maxBytes: 24 }), tricks: field.uint({ max: HAND_CARDS }) },
  entities: {
    card: entity({ face: card.to('revealed'), at: field.oneOf('stock', 'hand', 'table', 'taken') }),
  },
  requests: {
    deal: { ask: {}, reply: { round: field.uint({ max: 999 }) } },
    play: { ask: { card: field.entity() }, reply: { takenBy: field.seat() } },
  },
})

export interface Cards extends TypesOf<typeof cardsSchema> {}

/** Nothing moves by itself: all of the game is requests. */
export const cards = defineSimulation<Cards>(cardsSchema, () => {})

export function suitOf(face: number): number {
  return Math.floor(face / 13)
}
