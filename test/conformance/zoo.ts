/** A game that nobody would play: each kind of field in each place where it may stand, and all of it changes. */
import { defineGame, defineSimulation, entity, field, RefusedError } from '@tickwire/protocol'
import type { StandardSchema, TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { Player, Room } from '@tickwire/server'

interface Tune {
  readonly title: string
  readonly notes: readonly number[]
}
const tune: StandardSchema<Tune> = {
  '~standard': {
    version: 1,
    vendor: 'zoo',
    validate: (value) => {
      const given = value as Tune | null
      return typeof given?.title === 'string' ? { value: given } : { issues: [{ message: 'title is missing' }] }
    },
  },
}

const place = field.fixed({ min: 0, max: 512, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })
const words = field.list(field.text({ maxBytes: 5 }), { maxItems: 4 })
const everything = {
  flag: field.bool(),
  count: field.uint({ max: 1000 }),
  depth: field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  x: field.fixed({ min: -3.07, max: 40, precision: 0.1 }),
  at: field.vec2({ min: -100, max: 100, precision: 0.01 }),
  place: field.vec3({ min: -10, max: 10, precision: 1 / 64 }),
  angle: field.angle({ bits: 11 }),
  heat: field.f32(),
  mood: field.oneOf('calm', 'angry', 'gone'),
  since: field.tick(),
  who: field.seat(),
  what: field.entity(),
  word: field.text({ maxBytes: 40 }),
  raw: field.bytes({ maxBytes: 20 }),
  words,
  seats: field.list(field.seat(), { maxItems: 3 }),
}

export const zooSchema = defineGame({
  name: 'zoo',
  tickRateHz: 60,
  snapshotRateHz: 20,
  join: { name: field.text({ maxBytes: 24 }), tune: field.packed(tune, { maxBytes: 100 }) },
  state: { wind: field.f32(), since: field.tick(), leader: field.seat(), words },
  player: {
    name: field.text({ maxBytes: 24 }),
    score: field.uint({ max: 9999 }),
    hand: field.list(field.uint({ max: 51 }), { maxItems: 5 }).to('owner'),
    badge: field.int({ min: -50, max: 50 }).to('revealed'),
    secret: field.text({ maxBytes: 9 }).to('nobody'),
  },
  entities: {
    mover: entity(
      {
        x: place,
        y: place,
        vx: speed,
        vy: speed,
        angle: field.angle({ bits: 8 }),
        hp: field.uint({ max: 100 }),
        name: field.text({ maxBytes: 12 }),
        ammo: field.uint({ max: 30 }).to('owner'),
        card: field.uint({ max: 51 }).to('revealed'),
        secret: field.uint({ max: 9 }).to('nobody'),
      },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, trend: ['vx', 'angle'], predict: 'owner' },
    ),
    thing: entity(
      {
        at: field.vec2({ min: -100, max: 100, precision: 0.01 }),
        spin: field.quaternion(),
        tags: field.list(field.uint({ max: 7 }), { maxItems: 4 }),
        born: field.tick(),
        target: field.entity(),
        mood: field.oneOf('calm', 'angry', 'gone'),
        heat: field.f32(),
      },
      { position: ['at'], trend: ['at'] },
    ),
    craft: entity(
      {
        place: field.vec3({ min: -10, max: 10, precision: 0.01 }),
        drift: field.vec3({ min: -9, max: 9, precision: 0.02 }),
        heading: field.angle({ bits: 10 }),
        turn: speed,
        pose: field.quaternion({ bits: 7 }),
        fuel: field.fixed({ min: -3.07, max: 4.03, precision: 0.1 }).to('owner'),
        aim: field.angle({ bits: 6 }).to('owner'),
        hull: field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }).to('owner'),
        tune: field.packed(tune, { maxBytes: 60 }).to('owner'),
        sight: field.vec2({ min: -8, max: 8, precision: 0.5 }).to('revealed'),
        log: field.bytes({ maxBytes: 9 }).to('revealed'),
      },
      { rates: { heading: 'turn', place: 'drift' }, predict: 'owner', ownerBits: 3 },
    ),
  },
  input: {
    push: field.fixed({ min: -1, max: 1 + 1 / 64, precision: 1 / 64 }),
    aim: field.angle({ bits: 12 }),
    level: field.int({ min: 3, max: 200 }),
    target: field.entity(),
    jump: field.press(),
    brake: field.bool(),
  },
  events: {
    bang: { at: field.vec2({ min: -100, max: 100, precision: 0.01 }), who: field.seat(), word: words },
    quiet: {},
  },
  messages: {
    all: { toServer: everything, toClient: { ...everything, pose: field.quaternion({ bits: 12 }) } },
    tune: {
      toServer: { tune: field.packed(tune, { maxBytes: 100 }) },
      toClient: { tune: field.packed(tune, { maxBytes: 100 }) },
    },
    quit: { toServer: {} },
  },
  requests: {
    count: { ask: { words }, reply: { count: field.uint({ max: 4 }), words } },
    never: { ask: {}, reply: {} },
  },
})

export interface Zoo extends TypesOf<typeof zooSchema> {}
type ZooRoom = Room<Zoo>

/** Movers move, and a jump fires: what a client predicts. */
export const zoo = defineSimulation<Zoo>(zooSchema, (world) => {
  for (const mover of world.all('mover')) {
    const { push, jump } = world.inputOf(mover)
    mover.vx += push * 20 * world.dt
    mover.x = Math.min(511, Math.max(0, mover.x + mover.vx * world.dt))
    mover.y = Math.min(511, Math.max(0, mover.y + mover.vy * world.dt))
    mover.angle += 0.02
    if (!jump) continue
    world.spawn('mover', { x: mover.x, y: mover.y, vx: 30, vy: -3, name: 'spark' }, { owner: mover.owner })
    world.emit('bang', { at: { x: 1, y: -1 }, who: mover.owner, word: ['bang'] })
  }
  for (const craft of world.all('craft')) {
    for (const axis of ['x', 'y', 'z'] as const) {
      craft.place[axis] = Math.min(9.98, Math.max(-10, craft.place[axis] + craft.drift[axis] * world.dt))
    }
    craft.heading += craft.turn * world.dt
  }
})

function populate(room: ZooRoom, player: Player<Zoo>): void {
  const { id } = player
  const mover = room.world.spawn(
    'mover',
    { x: 100 + id, y: 7, vx: 3, vy: 1, hp: 100, name: 'mover', ammo: 9, card: 12 },
    { owner: player },
  )
  const drift = { x: 0.3, y: -0.2, z: 0.1 }
  const tuned = { title: 'la', notes: [1, 2.5] }
  const craft = room.world.spawn('craft', { drift, turn: 2, fuel: 1.5, hull: -5, tune: tuned }, { owner: player })
  for (const own of [mover, craft]) room.world.reveal(own, player)
  room.world.spawn('thing', { at: { x: -90, y: 3 }, tags: [1, 2], mood: 'angry', target: craft.id, heat: 0.5 })
}

/** Something else every few ticks: each branch is a kind of change. */
function stir(room: ZooRoom): void {
  const [step, random] = [Math.floor(room.tick / 5), room.random()]
  for (const thing of room.world.all('thing')) {
    thing.at.x += 0.15
    if (step % 4 === 0) thing.spin = { x: random - 0.5, y: room.random(), z: room.random() - 0.5, w: room.random() }
    if (step % 5 === 1) Object.assign(thing, { tags: step % 2 === 0 ? [] : [7, 0, step % 8], heat: random * 100 })
    if (step % 6 === 2) Object.assign(thing, { born: 0xffff_ff00 + (step % 200), target: null, mood: 'gone' })
  }
  for (const mover of room.world.all('mover')) {
    if (step % 7 === 3) Object.assign(mover, { hp: step % 100, name: 'zoë', ammo: step % 30 })
    if (step % 2 === 1) mover.card = step % 52
    if (step % 9 === 4) mover.vy = random * 100 - 50
    if (mover.name === 'spark' && mover.x > 140) room.world.despawn(mover)
  }
}

function stirPrivate(room: ZooRoom): void {
  const [step, random] = [Math.floor(room.tick / 5), room.random()]
  for (const craft of room.world.all('craft')) {
    const owner = craft.owner === null ? undefined : room.players.get(craft.owner)
    if (step % 4 === 1) Object.assign(craft, { fuel: random * 4, aim: random * 6, hull: Math.floor(random * 2 ** 31) })
    if (step % 3 === 2) Object.assign(craft, { sight: { x: random, y: -7 }, log: Uint8Array.of(step % 256, 0xff) })
    if (step % 8 === 5) craft.pose = { x: random, y: -random, z: 0.1, w: 0.2 }
    if (step % 16 === 6) craft.tune = { title: 'do', notes: [step] }
    if (step % 16 === 9 && owner) room.world.conceal(craft, owner)
    if (step % 16 === 13 && owner) room.world.reveal(craft, owner)
    if (step % 24 === 20) craft.owner = craft.owner === null ? ([...room.players.keys()][0] ?? null) : null
  }
  for (const player of room.players.values()) {
    if (step % 5 === 0) Object.assign(player.state, { score: step, hand: [step % 52, 3], badge: (step % 100) - 50 })
  }
  Object.assign(room.state, { wind: random, since: room.tick, leader: step % 3 === 0 ? null : 0, words: ['é', 'x'] })
}

export const zooRoom = defineRoom(zoo, {
  maxPlayers: 2,
  onJoin(room, player) {
    if (player.join.name === 'nobody') throw new RefusedError('no-name', 'a name, please')
    player.state.name = player.join.name
    populate(room, player)
  },
  onTick(room) {
    if (room.tick % 5 !== 0) return
    stir(room)
    stirPrivate(room)
    if (room.tick % 60 === 0) room.emit('quiet', {})
  },
  onMessage: {
    all(_room, player, given) {
      player.send('all', { ...given, pose: { x: 0.1, y: -0.7, z: 0.7, w: 0.2 } })
      player.send('all', { ...given, count: 1, pose: { x: 0, y: 0, z: 0, w: 1 } }, { delivery: 'latest' })
    },
    tune(_room, player, given) {
      player.send('tune', given)
    },
    quit(_room, player) {
      player.leave('enough')
    },
  },
  onRequest: {
    count: (_room, _player, { words: given }) => ({ count: given.length, words: given }),
    never: () => new Promise(() => undefined),
  },
})
