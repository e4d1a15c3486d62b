import type { EntityView } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { JoinedRoom } from '@tickwire/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { allowSlowMachines } from '../scenarios/seams.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import { cards, HAND_CARDS, suitOf } from './cards/cards.ts'
import type { Cards } from './cards/cards.ts'
import { cardsRoom } from './cards/room.ts'
import { heldTracks } from './held-tracks.ts'

allowSlowMachines()

type Table = JoinedRoom<Cards>
type CardView = EntityView<Cards, 'card'>
let stepper: Stepper<Cards>
/** One snapshot at five per second, and the way: cards do not glide, so a picture of them is not held back. */
const UNTIL_SHOWN = 0.3

async function sitDown(players: number, seed = 1): Promise<Table[]> {
  stepper = createStepper<Cards>({ rooms: [cardsRoom], impair: { latencyMs: 40 }, seed })
  const tables: Table[] = []
  for (let i = 0; i < players; i++) tables.push(await stepper.join(cards, { name: `P${i}` }))
  return tables
}

async function deal(tables: readonly Table[]): Promise<void> {
  await stepper.until(tables[0]!.request('deal', {}))
  await stepper.run(UNTIL_SHOWN)
}

const hand = (room: Table): CardView[] =>
  [...room.view('card')].filter(({ at, owner }) => at === 'hand' && owner === room.seat)

const sortedIds = (of: readonly { readonly id: number }[]): number[] => of.map(({ id }) => id).toSorted((a, b) => a - b)

/** A card of the own hand that the rules allow. */
function choice(room: Table): CardView {
  const cardsInHand = hand(room)
  const led = room.state.trick[0]
  const following = cardsInHand.filter(({ face }) => led !== undefined && suitOf(face!) === suitOf(led))
  return (following[0] ?? cardsInHand[0])!
}

afterEach(async () => {
  await stepper.close()
})

describe('cards, a game of requests and hidden hands', () => {
  it('shows each player the faces of its own hand and of no other card', async () => {
    const tables = await sitDown(3)
    await deal(tables)
    const faces: number[] = []
    for (const room of tables) {
      expect(room.state).toMatchObject({ phase: 'playing', round: 1, turn: tables[0]!.seat, trick: [] })
      expect([...room.view('card')]).toHaveLength(52)
      expect(hand(room)).toHaveLength(HAND_CARDS)
      for (const { at, owner, face } of room.view('card')) {
        expect(face === undefined).toBe(!(at === 'hand' && owner === room.seat))
        if (face !== undefined) faces.push(face)
      }
    }
    expect(new Set(faces).size).toBe(3 * HAND_CARDS)
  })

  it('holds nothing of a hidden face in the memory of the wrong client', async () => {
    const tables = await sitDown(3)
    await deal(tables)
    for (const room of tables) {
      const revealed = heldTracks(room).filter(({ tracks }) => tracks.includes('revealed'))
      expect(sortedIds(revealed)).toEqual(sortedIds(hand(room)))
    }
  })

  it('plays a whole round by requests; all see the same tricks, table and winner', async () => {
    const tables = await sitDown(3, 4)
    await deal(tables)
    const bySeat = new Map(tables.map((room) => [room.seat, room]))
    for (let played = 0; played < 3 * HAND_CARDS; played++) {
      const room = bySeat.get(tables[0]!.state.turn!)!
      const card = choice(room)
      const reply = await stepper.until(room.request('play', { card: card.id }))
      await stepper.run(UNTIL_SHOWN)
      expect(reply.takenBy !== null).toBe(played % 3 === 2)
      for (const other of tables) {
        expect([...other.view('card')].find(({ id }) => id === card.id)?.face).toBe(card.face)
      }
    }
    const tricks = tables.map((room) => tables[0]!.players.get(room.seat)!.tricks)
    expect(tricks.reduce((sum, count) => sum + count, 0)).toBe(HAND_CARDS)
    const winner = tables[tricks.indexOf(Math.max(...tricks))]!.seat
    for (const room of tables) expect(room.state).toMatchObject({ phase: 'over', winner, turn: null })
  })

  it('refuses moves against the rules, each with its code, and nothing changes', async () => {
    const tables = await sitDown(2, 3)
    await expect(stepper.until(tables[0]!.request('play', { card: null }))).rejects.toMatchObject({
      code: 'not-playing',
    })
    await deal(tables)
    const [first, second] = [tables[0]!, tables[1]!]
    const play = (room: Table, card: number | null): Promise<unknown> => stepper.until(room.request('play', { card }))
    await expect(play(second, hand(second)[0]!.id)).rejects.toMatchObject({ code: 'not-your-turn' })
    await expect(play(first, hand(second)[0]!.id)).rejects.toMatchObject({ code: 'not-your-card' })
    await expect(play(first, null)).rejects.toMatchObject({ code: 'not-your-card' })
    await expect(stepper.until(first.request('deal', {}))).rejects.toMatchObject({ code: 'round-running' })
    await stepper.run(UNTIL_SHOWN)
    expect(first.state).toMatchObject({ turn: first.seat, trick: [] })
  })

  it('hides all faces again before a new deal, so that old knowledge is worth nothing', async () => {
    const tables = await sitDown(2)
    await deal(tables)
    await stepper.until(tables[1]!.leave())
    await stepper.run(UNTIL_SHOWN)
    expect(tables[0]!.state.phase).toBe('over')
    const known = hand(tables[0]!).map(({ id }) => id)
    tables[1] = await stepper.join(cards, { name: 'P2' })
    await deal(tables)
    const visible = [...tables[0]!.view('card')].filter(({ face }) => face !== undefined)
    expect(sortedIds(visible)).toEqual(sortedIds(hand(tables[0]!)))
    const revealed = heldTracks(tables[0]!).filter(({ tracks }) => tracks.includes('revealed'))
    expect(sortedIds(revealed)).toEqual(sortedIds(visible))
    expect(known).toHaveLength(HAND_CARDS)
  })

  it('lets nobody in while a round is running', async () => {
    const tables = await sitDown(2)
    await deal(tables)
    const third = stepper.addClient()
    const join = third.client.joinById(cards, tables[0]!.id, { name: 'Late' })
    await expect(stepper.until(join)).rejects.toMatchObject({ code: 'round-running' })
  })
})

describe('what travels to the wrong client', () => {
  /** A table where the first player holds one card of this face; returns all bytes that the second one receives. */
  async function bytesOfTheOther(face: number): Promise<string> {
    const room = defineRoom(cards, {
      onJoin(table, player) {
        const card = table.world.spawn('card', { face: player.id === 0 ? face : 7, at: 'hand' }, { owner: player })
        table.world.reveal(card, player)
      },
      onRequest: { deal: () => ({ round: 0 }), play: () => ({ takenBy: null }) },
    })
    stepper = createStepper<Cards>({ rooms: [room], seed: 9 })
    await stepper.join(cards, { name: 'Ada' })
    const other = stepper.addClient()
    const received: Uint8Array[] = []
    other.onReceive = (bytes) => received.push(bytes)
    await stepper.join(cards, { name: 'Eve' }, { client: other })
    await stepper.run(5)
    const hex = received.map((bytes) => Buffer.from(bytes).toString('hex')).join('\n')
    await stepper.close()
    return hex
  }

  it('is the same to the last bit, whatever the face is', async () => {
    const [three, fifty] = [await bytesOfTheOther(3), await bytesOfTheOther(50)]
    expect(three.length).toBeGreaterThan(100)
    expect(three).toBe(fifty)
  })
})
