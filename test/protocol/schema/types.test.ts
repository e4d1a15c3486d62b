/** What the compiler says about a game. The assertions run in `tsc`; the tests only carry them and their names. */
import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type {
  EntityView,
  EventOf,
  KindOf,
  PlayerFields,
  Quaternion,
  SimEntity,
  SimWorld,
  StandardSchema,
  ToClient,
  ToServer,
  TypesOf,
  Vec2,
  Vec3,
} from '@tickwire/protocol'
import { describe, expect, expectTypeOf, it } from 'vitest'

const place = field.fixed({ min: 0, max: 4096, precision: 1 / 32 })
const schema = defineGame({
  name: 'arena',
  tickRateHz: 60,
  join: { name: field.text({ maxBytes: 24 }) },
  state: { phase: field.oneOf('warmup', 'playing', 'over'), endsAt: field.tick() },
  player: { score: field.uint({ max: 9 }), hand: field.bytes({ maxBytes: 9 }).to('owner') },
  entities: {
    ship: entity(
      {
        x: place,
        y: place,
        ammo: field.uint({ max: 30 }).to('owner'),
        card: field.uint({ max: 51 }).to('revealed'),
        seed: field.uint({ max: 9 }).to('nobody'),
      },
      { position: ['x', 'y'], predict: 'owner' },
    ),
    wall: entity({ at: field.vec2({ min: 0, max: 1, precision: 1 }) }, { position: ['at'], static: true }),
  },
  input: { thrust: field.bool(), turn: field.int({ min: -1, max: 1 }), fire: field.press() },
  events: { shot: { x: place, y: place } },
  messages: {
    chat: { toServer: { text: field.text({ maxBytes: 9 }) }, toClient: { from: field.seat() } },
    ping: { toClient: { at: field.tick() } },
  },
  requests: { refill: { ask: { kind: field.oneOf('ammo', 'shield') }, reply: { ammo: field.uint({ max: 30 }) } } },
})
interface Arena extends TypesOf<typeof schema> {}

declare const text: StandardSchema<{ readonly title: string }>

describe('the value of a field', () => {
  it('is what game code reads and writes', () => {
    const all = () =>
      defineGame({
        name: 'all',
        tickRateHz: 60,
        state: {
          bool: field.bool(),
          uint: field.uint({ max: 9 }),
          int: field.int({ min: -1, max: 1 }),
          fixed: place,
          angle: field.angle(),
          f32: field.f32(),
          vec2: field.vec2({ min: 0, max: 1, precision: 1 }),
          vec3: field.vec3({ min: 0, max: 1, precision: 1 }),
          quaternion: field.quaternion(),
          text: field.text({ maxBytes: 9 }),
          bytes: field.bytes({ maxBytes: 9 }),
          oneOf: field.oneOf('a', 'b'),
          tick: field.tick(),
          seat: field.seat(),
          entity: field.entity(),
          list: field.list(field.oneOf('a', 'b'), { maxItems: 2 }),
          packed: field.packed(text, { maxBytes: 9 }),
        },
      })
    expectTypeOf<TypesOf<ReturnType<typeof all>>['state']>().toEqualTypeOf<{
      bool: boolean
      uint: number
      int: number
      fixed: number
      angle: number
      f32: number
      vec2: Vec2
      vec3: Vec3
      quaternion: Quaternion
      text: string
      bytes: Uint8Array
      oneOf: 'a' | 'b'
      tick: number
      seat: number | null
      entity: number | null
      list: ('a' | 'b')[]
      packed: { readonly title: string }
    }>()
  })

  it('has only the options of its kind', () => {
    // @ts-expect-error `maxBytes` is required
    expect(() => field.text({})).toThrow('field.text.maxBytes')
    // @ts-expect-error the audience is a call: as an option it would compile and show the field to everyone
    expectTypeOf(() => field.uint({ max: 9, to: 'owner' })).not.toBeAny()
    // @ts-expect-error `friends` is no audience
    expect(() => field.bool().to('friends')).toThrow('field.to')
    // @ts-expect-error a list's items are seen by whoever sees the list
    expectTypeOf(() => field.list(field.bool().to('owner'), { maxItems: 2 })).not.toBeAny()
  })
})

describe('defineGame', () => {
  it('refuses a misspelt section, option or field', () => {
    // @ts-expect-error `entites` is no section
    expectTypeOf(() => defineGame({ name: 'g', tickRateHz: 60, entites: {} })).not.toBeAny()
    // @ts-expect-error `predicts` is no option
    expectTypeOf(() => entity({ x: place }, { predicts: 'owner' })).not.toBeAny()
    // @ts-expect-error `y` is no field
    expectTypeOf(() => entity({ x: place }, { position: ['x', 'y'] })).not.toBeAny()
    // @ts-expect-error `vx` is no field
    expectTypeOf(() => entity({ x: place }, { rates: { x: 'vx' } })).not.toBeAny()
    // @ts-expect-error `vx` is no field
    expectTypeOf(() => entity({ x: place }, { trend: ['vx'] })).not.toBeAny()
    // @ts-expect-error a section holds fields
    expectTypeOf(() => defineGame({ name: 'g', tickRateHz: 60, state: { phase: 'warmup' } })).not.toBeAny()
    // @ts-expect-error the tick rate is required
    expectTypeOf(() => defineGame({ name: 'g' })).not.toBeAny()
    expect(schema.name).toBe('arena')
  })

  it('gives empty sections the types of nothing', () => {
    const bare = defineGame({ name: 'bare', tickRateHz: 60 })
    type Bare = TypesOf<typeof bare>
    expectTypeOf<KindOf<Bare>>().toEqualTypeOf<never>()
    expectTypeOf<EventOf<Bare>>().toEqualTypeOf<never>()
    expectTypeOf<keyof Bare['messages']>().toEqualTypeOf<never>()
    expectTypeOf<keyof Bare['input']>().toEqualTypeOf<never>()
  })
})

describe('TypesOf', () => {
  it('names kinds, events, inputs, states and what each message holds', () => {
    expectTypeOf<KindOf<Arena>>().toEqualTypeOf<'ship' | 'wall'>()
    expectTypeOf<EventOf<Arena>>().toEqualTypeOf<'shot'>()
    expectTypeOf<Arena['join']>().toEqualTypeOf<{ name: string }>()
    expectTypeOf<Arena['state']>().toEqualTypeOf<{ phase: 'warmup' | 'playing' | 'over'; endsAt: number }>()
    expectTypeOf<Arena['input']>().toEqualTypeOf<{ thrust: boolean; turn: number; fire: boolean }>()
    expectTypeOf<Arena['events']['shot']>().toEqualTypeOf<{ x: number; y: number }>()
    expectTypeOf<Arena['requests']['refill']['ask']>().toEqualTypeOf<{ kind: 'ammo' | 'shield' }>()
    expectTypeOf<Arena['requests']['refill']['reply']>().toEqualTypeOf<{ ammo: number }>()
  })

  it('a direction that a message does not declare cannot be sent', () => {
    expectTypeOf<ToServer<Arena>>().toEqualTypeOf<{ readonly chat: { text: string } }>()
    expectTypeOf<ToClient<Arena>>().toEqualTypeOf<{
      readonly chat: { from: number | null }
      readonly ping: { at: number }
    }>()
  })

  it('a player has the fields of all, and perhaps its own', () => {
    expectTypeOf<PlayerFields<Arena>['score']>().toEqualTypeOf<number>()
    expectTypeOf<PlayerFields<Arena>['hand']>().toEqualTypeOf<Uint8Array | undefined>()
  })
})

describe('SimEntity', () => {
  it('has every field, writable, and a head of which only the owner is', () => {
    type Ship = SimEntity<Arena, 'ship'>
    expectTypeOf<Pick<Ship, 'x' | 'y' | 'ammo' | 'card' | 'seed'>>().toEqualTypeOf<{
      x: number
      y: number
      ammo: number
      card: number
      seed: number
    }>()
    expectTypeOf<Ship['kind']>().toEqualTypeOf<'ship'>()
    expectTypeOf<Ship['owner']>().toEqualTypeOf<number | null>()
    // @ts-expect-error an id is given by the world
    expectTypeOf((ship: Ship) => (ship.id = 1)).not.toBeAny()
    // @ts-expect-error `hp` is no field of a ship
    expectTypeOf((ship: Ship) => ship.hp).not.toBeAny()
  })
})

describe('EntityView', () => {
  type View = EntityView<Arena, 'ship'>

  it('is read-only', () => {
    // @ts-expect-error a view shows; it changes nothing
    expectTypeOf((ship: View) => (ship.x = 1)).not.toBeAny()
  })

  it("has the owner's fields for sure if it is mine, else not at all", () => {
    expectTypeOf<View['ammo']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Extract<View, { mine: true }>['ammo']>().toEqualTypeOf<number>()
    expectTypeOf<Extract<View, { mine: false }>['ammo']>().toEqualTypeOf<undefined>()
    expectTypeOf((ship: View) => (ship.mine ? ship.ammo : null)).returns.toEqualTypeOf<number | null>()
    // @ts-expect-error without asking whether it is mine, it may be undefined
    expectTypeOf((ship: View): number => ship.ammo).not.toBeAny()
  })

  it("has a team's field perhaps", () => {
    const teams = defineGame({
      name: 'teams',
      tickRateHz: 20,
      entities: { scout: entity({ sees: field.bool().to('team') }) },
    })
    type Scout = EntityView<TypesOf<typeof teams>, 'scout'>
    expectTypeOf<Scout['sees']>().toEqualTypeOf<boolean | undefined>()
  })

  it('has a revealed field perhaps, and a hidden one never', () => {
    expectTypeOf<View['card']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Extract<View, { mine: true }>['card']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<'seed' extends keyof View ? true : false>().toEqualTypeOf<false>()
    // @ts-expect-error what is for nobody is in no view
    expectTypeOf((ship: View) => ship.seed).not.toBeAny()
  })
})

describe('defineSimulation', () => {
  it('takes a game by its own name, and gives its world the types', () => {
    const arena = defineSimulation<Arena>(schema, (world) => {
      expectTypeOf(world).toEqualTypeOf<SimWorld<Arena>>()
      for (const ship of world.all('ship')) {
        expectTypeOf(ship).toEqualTypeOf<SimEntity<Arena, 'ship'>>()
        expectTypeOf(world.inputOf(ship).fire).toEqualTypeOf<boolean>()
        world.emit('shot', { x: ship.x, y: ship.y }, { at: ship })
      }
    })
    expect(arena.schema).toBe(schema)
  })

  it('refuses kinds, fields, events and writes that the schema does not have', () => {
    const use = (world: SimWorld<Arena>): void => {
      // @ts-expect-error `rocket` is no kind
      world.all('rocket')
      // @ts-expect-error `hp` is no field of a ship
      world.spawn('ship', { hp: 1 })
      // @ts-expect-error a place is a number
      world.spawn('ship', { x: '1' })
      // @ts-expect-error `bang` is no event
      world.emit('bang', {})
      // @ts-expect-error an event has all of its fields
      world.emit('shot', { x: 1 })
      // @ts-expect-error the simulation reads the room's state; the authority writes it
      world.state.phase = 'over'
      // @ts-expect-error inputs are what players said
      world.inputOf(0).fire = false
      // @ts-expect-error `draw` is none of the room's phases
      if (world.state.phase === 'draw') world.spawn('wall', {})
      world.spawn('ship', {}, { owner: null })
    }
    expect(use).toBeTypeOf('function')
  })

  it('refuses a schema of another game', () => {
    const other = defineGame({ name: 'other', tickRateHz: 60, state: { phase: field.bool() } })
    // @ts-expect-error the types of `Arena` are not those of this schema
    expect(defineSimulation<Arena>(other, () => undefined).schema).toBe(other)
  })
})
