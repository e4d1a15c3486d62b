import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '../../../server/src/room/define-room.ts'

/** A game with every kind of field, audience and option; coded, too, and without references. */

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })
const sections = {
  tickRateHz: 60,
  state: { round: field.uint({ max: 99 }), title: field.text({ maxBytes: 8 }) },
  player: {
    score: field.uint({ max: 99 }),
    hand: field.uint({ max: 51 }).to('owner'),
    call: field.uint({ max: 51 }).to('team'),
  },
} as const
const mover = {
  x: place,
  y: place,
  vx: speed,
  vy: speed,
  hp: field.uint({ max: 100 }),
  name: field.text({ maxBytes: 12 }),
  ammo: field.uint({ max: 30 }).to('owner'),
  notes: field.text({ maxBytes: 12 }).to('owner'),
  card: field.uint({ max: 51 }).to('revealed'),
  letter: field.text({ maxBytes: 12 }).to('revealed'),
  secret: field.uint({ max: 9 }).to('nobody'),
}
const moverNames = {
  target: field.entity(),
  crew: field.list(field.entity(), { maxItems: 3 }),
  prey: field.entity().to('owner'),
  spies: field.list(field.entity(), { maxItems: 3 }).to('owner'),
  mark: field.entity().to('revealed'),
}
const moverOptions = {
  position: ['x', 'y'],
  rates: { x: 'vx', y: 'vy' },
  predict: 'owner',
  priority: 2,
} as const
const moon = {
  x: place,
  y: place,
  vx: speed,
  stack: field.uint({ max: 9 }),
  plan: field.uint({ max: 9 }).to('team'),
  word: field.text({ maxBytes: 8 }).to('team'),
}
const moonNames = { heading: field.entity().to('team') }
const moonOptions = { position: ['x', 'y'], rates: { x: 'vx' }, far: { beyond: 40, everySnapshots: 4 } } as const
const others = {
  rock: entity(
    { x: place, y: place, tags: field.list(field.uint({ max: 7 }), { maxItems: 4 }) },
    { position: ['x', 'y'], static: true },
  ),
  star: entity({ x: place, y: place, light: field.uint({ max: 9 }) }, { position: ['x', 'y'], relevant: 'always' }),
  token: entity({ face: field.uint({ max: 51 }).to('revealed'), stack: field.uint({ max: 9 }) }),
}
const entities = {
  mover: entity({ ...mover, ...moverNames }, moverOptions),
  moon: entity({ ...moon, ...moonNames }, moonOptions),
  ...others,
}
const schema = defineGame({ name: 'truth', ...sections, entities })
const codedSchema = defineGame({ name: 'coded', ...sections, entities, compression: 'entropy' })
const nameless = {
  mover: entity(mover, { ...moverOptions, trend: ['vx', 'vy'] }),
  moon: entity(moon, { position: ['x', 'y'], rates: { x: 'vx' } }),
  ...others,
}
const namelessSchema = defineGame({ name: 'nameless', ...sections, entities: nameless })
const codedNamelessSchema = defineGame({
  name: 'coded-nameless',
  ...sections,
  entities: nameless,
  compression: 'entropy',
})

interface Truth extends TypesOf<typeof schema> {}
interface Coded extends TypesOf<typeof codedSchema> {}
interface Nameless extends TypesOf<typeof namelessSchema> {}
interface CodedNameless extends TypesOf<typeof codedNamelessSchema> {}

interface Moving {
  x: number
  y: number
  readonly vx: number
  readonly vy: number
}
function step(world: { all(kind: 'mover'): Iterable<Moving>; readonly dt: number }): void {
  for (const moving of world.all('mover')) {
    moving.x += moving.vx * world.dt
    moving.y += moving.vy * world.dt
  }
}

export const PLAYERS = 3
export const KINDS = ['mover', 'rock', 'token', 'star', 'moon'] as const
const rules = { maxPlayers: PLAYERS, verify: true }
const truth = defineSimulation<Truth>(schema, step)
export const openRoom = defineRoom(truth, rules)
export const budgetRoom = defineRoom(truth, { ...rules, bytesPerSecond: 2000 })
export const codedRoom = defineRoom(defineSimulation<Coded>(codedSchema, step), rules)
export const namelessRoom = defineRoom(defineSimulation<Nameless>(namelessSchema, step), rules)
export const namelessCodedRoom = defineRoom(defineSimulation<CodedNameless>(codedNamelessSchema, step), rules)

/** The seats from which `walledRoom` hides something. */
export const blind: Set<number> = new Set()
export const isHiddenFrom = (id: number, seatNumber: number): boolean => blind.has(seatNumber) && id % 3 === 0
export const walledRoom = defineRoom(truth, {
  ...rules,
  canSee: (_room, player, { id }) => !isHiddenFrom(id, player.id),
})
