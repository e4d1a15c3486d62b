import type { JoinedRoom } from '@tickwire/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowSlowMachines } from '../scenarios/seams.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import { cells, START_MASS, WORLD_SIZE } from './cells/cells.ts'
import type { Cells } from './cells/cells.ts'
import { cellsRoom, PELLETS, VIEW_RADIUS } from './cells/room.ts'

allowSlowMachines()

type Dish = JoinedRoom<Cells>
const BOTS = 20
/** Entities leave a view a little farther out than they enter it, and both move while a snapshot is on its way. */
const FARTHEST = VIEW_RADIUS * 1.15 + 100

let stepper: Stepper<Cells>
const rooms: Dish[] = []
/** The largest number of own cells that each bot had at once. */
const mostCells: number[] = []
let farthestSeen = 0
let mostSeen = 0
const eaten = new Map<number | null, number>()

function middle(room: Dish): { x: number; y: number } | null {
  const mine = [...room.view('cell')].filter((cell) => cell.mine)
  const mass = mine.reduce((sum, cell) => sum + cell.mass, 0)
  if (mass === 0) return null
  const weigh = (of: 'x' | 'y'): number => mine.reduce((sum, cell) => sum + cell[of] * cell.mass, 0) / mass
  return { x: weigh('x'), y: weigh('y') }
}

/** Towards the nearest pellet. */
function graze(room: Dish): Partial<Cells['input']> {
  const at = middle(room)
  if (at === null) return {}
  let best: { x: number; y: number } | null = null
  let bestDistance = Infinity
  for (const pellet of room.view('pellet')) {
    const distance = Math.hypot(pellet.x - at.x, pellet.y - at.y)
    if (distance < bestDistance) [best, bestDistance] = [pellet, distance]
  }
  if (best === null || bestDistance === 0) return { x: 1, y: 0 }
  return { x: (best.x - at.x) / bestDistance, y: (best.y - at.y) / bestDistance }
}

/** When each bot was born, in frames: until the picture has caught up, a new one still sees where it died. */
const ages: number[] = []
const YOUNG_FRAMES = 45

function observe(room: Dish, index: number): void {
  const at = middle(room)
  ages[index] = at === null ? 0 : (ages[index] ?? 0) + 1
  if (at === null || ages[index] < YOUNG_FRAMES) return
  let own = 0
  let seen = 0
  for (const cell of room.view('cell')) {
    if (cell.mine) own++
    else farthestSeen = Math.max(farthestSeen, Math.hypot(cell.x - at.x, cell.y - at.y))
  }
  for (const pellet of room.view('pellet')) {
    seen++
    farthestSeen = Math.max(farthestSeen, Math.hypot(pellet.x - at.x, pellet.y - at.y))
  }
  mostCells[index] = Math.max(mostCells[index] ?? 0, own)
  mostSeen = Math.max(mostSeen, seen)
  if (own === 1 && (room.mine('cell')?.mass ?? 0) >= 40) room.press('split')
}

beforeAll(async () => {
  stepper = createStepper<Cells>({ rooms: [cellsRoom], impair: { latencyMs: 20, jitterMs: 10 }, seed: 3 })
  for (let i = 0; i < BOTS; i++) rooms.push(await stepper.join(cells, { name: `bot${i}` }))
  for (const room of rooms) room.onEvent('eaten', ({ by }) => eaten.set(by, (eaten.get(by) ?? 0) + 1))
  await stepper.run(2)
  await stepper.run(12, { frameHz: 30, input: graze, each: observe })
})

afterAll(async () => {
  await stepper.close()
})

describe('cells, twenty bots in a dish of 4000 pellets for twelve seconds', () => {
  it('bots grow by what they eat', () => {
    const masses = rooms.map((room) => rooms[0]!.players.get(room.seat)!.mass)
    expect(masses.filter((mass) => mass > START_MASS + 3).length).toBeGreaterThan(BOTS / 2)
  })

  it('a press splits a cell, and one player owns them all', () => {
    expect(mostCells.filter((count) => count >= 2).length).toBeGreaterThan(BOTS / 4)
    for (const room of rooms) {
      for (const cell of room.view('cell')) expect(cell.mine).toBe(cell.owner === room.seat)
    }
  })

  it('nobody is sent what lies beyond its view', () => {
    expect(farthestSeen).toBeGreaterThan(VIEW_RADIUS * 0.9)
    expect(farthestSeen).toBeLessThan(FARTHEST)
    const expected = (PELLETS * Math.PI * FARTHEST ** 2) / WORLD_SIZE ** 2
    expect(mostSeen).toBeLessThan(expected * 1.3)
  })

  it('own cells move on the frame of the input, also with a latency', async () => {
    const room = rooms.find((candidate) => candidate.mine('cell') !== undefined)!
    const before = { x: room.mine('cell')!.x, y: room.mine('cell')!.y }
    await stepper.run(0.2, { frameHz: 30, input: () => ({ x: before.x > WORLD_SIZE / 2 ? -1 : 1, y: 0 }) })
    expect(Math.abs(room.mine('cell')!.x - before.x)).toBeGreaterThan(1)
  })
})
