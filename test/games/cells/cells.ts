import { defineGame, defineSimulation, entity, field, hypot } from '@tickwire/protocol'
import type { SimEntity, SimWorld, TypesOf } from '@tickwire/protocol'

export const WORLD_SIZE = 4096
export const START_MASS = 20
const SPLIT_MASS = 40
const MAX_CELLS = 16
const MERGE_SECONDS = 10
/** How much heavier a cell must be than what it eats. */
const EAT_RATIO = 1.25

const place = field.fixed({ min: 0, max: WORLD_SIZE, precision: 1 / 16 })
const speed = field.fixed({ min: -1024, max: 1024, precision: 1 / 16 })
const direction = field.fixed({ min: -1, max: 1 + 1 / 64, precision: 1 / 64 })

export const cellsSchema = defineGame({
  name: 'cells',
  tickRateHz: 30,
  snapshotRateHz: 15,
  join: { name: field.text({ maxBytes: 24 }) },
  player: { name: field.text({ maxBytes: 24 }), mass: field.uint({ max: 1_000_000 }) },
  entities: {
    cell: entity(
      {
        x: place,
        y: place,
        vx: speed,
        vy: speed,
        mass: field.uint({ max: 100_000 }),
        mergeAt: field.tick().to('owner'),
      },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' },
    ),
    pellet: entity({ x: place, y: place, hue: field.uint({ max: 7 }) }, { position: ['x', 'y'], static: true }),
  },
  input: { x: direction, y: direction, split: field.press() },
  events: { eaten: { x: place, y: place, by: field.seat() } },
})

export interface Cells extends TypesOf<typeof cellsSchema> {}
export type Cell = SimEntity<Cells, 'cell'>

export function radiusOf(cell: { readonly mass: number }): number {
  return 4 * Math.sqrt(cell.mass)
}

function steer(cell: Cell, input: Readonly<Cells['input']>, dt: number): void {
  const length = Math.max(1, hypot(input.x, input.y))
  const most = 40 + 800 / Math.sqrt(cell.mass)
  // Eased, so that the push of a split fades like any other velocity.
  cell.vx += ((input.x / length) * most - cell.vx) * 0.2
  cell.vy += ((input.y / length) * most - cell.vy) * 0.2
  cell.x = Math.min(WORLD_SIZE - 1, Math.max(0, cell.x + cell.vx * dt))
  cell.y = Math.min(WORLD_SIZE - 1, Math.max(0, cell.y + cell.vy * dt))
}

function split(world: SimWorld<Cells>, cell: Cell, input: Readonly<Cells['input']>): void {
  const half = Math.floor(cell.mass / 2)
  cell.mass -= half
  cell.mergeAt = world.tick + MERGE_SECONDS / world.dt
  const { x, y, mergeAt } = cell
  world.spawn('cell', { x, y, vx: input.x * 900, vy: input.y * 900, mass: half, mergeAt }, { owner: cell.owner })
}

/** Both ends know the pellets around a cell, so eating one is predicted; eating a player is not. */
function eat(world: SimWorld<Cells>, cell: Cell): void {
  for (const pellet of world.near('pellet', cell, radiusOf(cell))) {
    world.despawn(pellet)
    cell.mass++
  }
  for (const other of world.near('cell', cell, radiusOf(cell))) {
    if (other.id === cell.id) continue
    if (other.owner === cell.owner) merge(world, cell, other)
    else if (world.authority && cell.mass > other.mass * EAT_RATIO) swallow(world, cell, other)
  }
}

function merge(world: SimWorld<Cells>, cell: Cell, other: Cell): void {
  const ready = world.tick >= cell.mergeAt && world.tick >= other.mergeAt
  if (!ready || cell.mass < other.mass) return
  cell.mass += other.mass
  world.despawn(other)
}

function swallow(world: SimWorld<Cells>, cell: Cell, other: Cell): void {
  cell.mass += other.mass
  world.despawn(other)
  world.emit('eaten', { x: other.x, y: other.y, by: cell.owner }, { at: other })
}

function countByOwner(world: SimWorld<Cells>): Map<number | null, number> {
  const counts = new Map<number | null, number>()
  for (const { owner } of world.all('cell')) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  return counts
}

/** One tick. */
export const cells = defineSimulation<Cells>(cellsSchema, (world) => {
  const counts = countByOwner(world)
  for (const cell of world.all('cell')) {
    const input = world.inputOf(cell)
    steer(cell, input, world.dt)
    const count = counts.get(cell.owner) ?? 0
    if (input.split && cell.mass >= SPLIT_MASS && count < MAX_CELLS) {
      counts.set(cell.owner, count + 1)
      split(world, cell, input)
    }
    eat(world, cell)
  }
})
