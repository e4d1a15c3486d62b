import { RefusedError } from '@tickwire/protocol'
import type { SimEntity } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Player, Room } from '@tickwire/server'
import { cards, HAND_CARDS, suitOf } from './cards.ts'
import type { Cards } from './cards.ts'

type Card = SimEntity<Cards, 'card'>
/** Which cards lie on the table, in the order they were played. */
interface Table {
  played: Card[]
}
type CardRoom = Room<Cards, Table>

/** New faces for all cards, after nobody may see any: who saw a card before the shuffle learns nothing about it. */
function shuffle(room: CardRoom): Card[] {
  const faces = Array.from({ length: 52 }, (_, face) => face)
  const stock = [...room.world.all('card')]
  for (const card of stock) {
    room.world.conceal(card, 'all')
    card.at = 'stock'
    card.owner = null
    card.face = faces.splice(Math.floor(room.random() * faces.length), 1)[0]!
  }
  return stock
}

function deal(room: CardRoom): void {
  const stock = shuffle(room)
  for (const player of room.players.values()) {
    player.state.tricks = 0
    for (const card of stock.splice(0, HAND_CARDS)) {
      card.at = 'hand'
      card.owner = player.id
      room.world.reveal(card, player)
    }
  }
  room.data.played = []
  Object.assign(room.state, { phase: 'playing', round: room.state.round + 1, trick: [], winner: null })
  room.state.turn = [...room.players.keys()][0] ?? null
}

function hasSuit(player: Player<Cards>, suit: number): boolean {
  for (const card of player.owned('card')) if (card.at === 'hand' && suitOf(card.face) === suit) return true
  return false
}

/** The card that may be played; a hint to cheaters says no more than the rules do. */
function playable(room: CardRoom, player: Player<Cards>, id: number | null): Card {
  if (room.state.phase !== 'playing') throw new RefusedError('not-playing')
  if (room.state.turn !== player.id) throw new RefusedError('not-your-turn')
  const card = room.world.get('card', id)
  if (card === undefined || card.at !== 'hand' || card.owner !== player.id) throw new RefusedError('not-your-card')
  const led = room.state.trick[0]
  const follows = led === undefined || suitOf(card.face) === suitOf(led) || !hasSuit(player, suitOf(led))
  if (!follows) throw new RefusedError('follow-suit')
  return card
}

/** The seat that plays after this one. */
function next(room: CardRoom, seat: number): number {
  const seats = [...room.players.keys()].toSorted((a, b) => a - b)
  return seats[(seats.indexOf(seat) + 1) % seats.length]!
}

/** Whose card takes the trick that lies on the table. */
function taker(played: readonly Card[]): number | null {
  const suit = suitOf(played[0]!.face)
  const following = played.filter((card) => suitOf(card.face) === suit)
  return following.reduce((best, card) => (card.face > best.face ? card : best)).owner
}

function takeTrick(room: CardRoom): number | null {
  const seat = taker(room.data.played)
  for (const card of room.data.played) card.at = 'taken'
  room.data.played = []
  room.state.trick = []
  room.state.turn = seat
  const winner = seat === null ? undefined : room.players.get(seat)
  if (winner) winner.state.tricks++
  return seat
}

function endRound(room: CardRoom): void {
  const ranking = [...room.players.values()].toSorted((a, b) => b.state.tricks - a.state.tricks)
  room.state.phase = 'over'
  room.state.turn = null
  room.state.winner = ranking[0]?.id ?? null
}

export const cardsRoom = defineRoom(cards, {
  maxPlayers: 4,
  data: (): Table => ({ played: [] }),
  onCreate(room) {
    for (let face = 0; face < 52; face++) room.world.spawn('card', { face })
  },
  onJoin(room, player) {
    if (room.state.phase === 'playing') throw new RefusedError('round-running')
    player.state.name = player.join.name
  },
  onLeave(room) {
    if (room.state.phase === 'playing') endRound(room)
  },
  onRequest: {
    deal(room) {
      if (room.state.phase === 'playing') throw new RefusedError('round-running')
      if (room.players.size < 2) throw new RefusedError('too-few-players')
      deal(room)
      return { round: room.state.round }
    },
    play(room, player, ask) {
      const card = playable(room, player, ask.card)
      card.at = 'table'
      room.world.reveal(card, 'all')
      room.data.played.push(card)
      room.state.trick = [...room.state.trick, card.face]
      room.state.turn = next(room, player.id)
      if (room.data.played.length < room.players.size) return { takenBy: null }
      const takenBy = takeTrick(room)
      if (![...room.world.all('card')].some(({ at }) => at === 'hand')) endRound(room)
      return { takenBy }
    },
  },
})
