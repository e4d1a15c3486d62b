import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../protocol/src/errors.ts'
import { defineGame, defineSimulation, entity } from '../../../protocol/src/schema/define.ts'
import type { EntityOptions } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'

const place = field.fixed({ min: 0, max: 64, precision: 1 / 16 })
const flag = field.bool()

/** What plain JavaScript may pass: `extra` is not held against the types. */
function define(extra: object): unknown {
  const definition = { name: 'game', tickRateHz: 60, ...extra }
  return defineGame(definition)
}

/** The option that the error of `make` names. */
function wrongOption(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    if (error instanceof ConfigError) return error.option
    throw error
  }
  return 'none'
}

const wrong = (extra: object): string => wrongOption(() => define(extra))
const wrongEntity = (fields: FieldMap, options: object = {}): string =>
  wrong({ entities: { ship: entity(fields, options as EntityOptions<FieldMap>) } })

describe('defineGame', () => {
  it('fills in empty sections, and a snapshot rate that divides the tick rate and is nearest to 20', () => {
    const schema = defineGame({ name: 'game', tickRateHz: 60 })
    expect(schema).toMatchObject({ snapshotRateHz: 20, ticksPerSnapshot: 3, entities: {}, input: {}, requests: {} })
    const rates = [1, 5, 30, 50, 64, 128, 144].map(
      (tickRateHz) => defineGame({ name: 'game', tickRateHz }).snapshotRateHz,
    )
    expect(rates).toEqual([1, 5, 15, 25, 16, 16, 18])
  })

  it('freezes the schema', () => {
    expect(Object.isFrozen(defineGame({ name: 'game', tickRateHz: 60 }))).toBe(true)
  })

  it('names a wrong name or rate', () => {
    for (const name of ['', 'two words', '9lives', 'ä', 'x'.repeat(65), undefined, 3]) {
      expect(wrong({ name }), String(name)).toBe('defineGame.name')
    }
    // Infinity must fail before a loop up to it looks for divisors.
    for (const tickRateHz of [0, -1, 241, 59.94, Number.NaN, Infinity, undefined, '60']) {
      expect(wrong({ tickRateHz }), String(tickRateHz)).toBe('defineGame.tickRateHz')
    }
    for (const snapshotRateHz of [0, 7, 120, 0.5, Number.NaN, -20]) {
      expect(wrong({ snapshotRateHz }), String(snapshotRateHz)).toBe('defineGame.snapshotRateHz')
    }
  })

  it('names a field, kind, event, message or request whose name is no word', () => {
    const bad = { 'two words': flag }
    expect(wrong({ join: bad })).toBe('join.two words')
    expect(wrong({ state: bad })).toBe('state.two words')
    expect(wrong({ player: bad })).toBe('player.two words')
    expect(wrong({ input: bad })).toBe('input.two words')
    expect(wrong({ entities: { 'a ship': entity({}) } })).toBe('entities.a ship')
    expect(wrongEntity(bad)).toBe('entities.ship.two words')
    expect(wrong({ events: { 'a shot': {} } })).toBe('events.a shot')
    expect(wrong({ events: { shot: bad } })).toBe('events.shot.two words')
    expect(wrong({ messages: { 'a chat': {} } })).toBe('messages.a chat')
    expect(wrong({ messages: { chat: { toServer: bad } } })).toBe('messages.chat.toServer.two words')
    expect(wrong({ messages: { chat: { toClient: bad } } })).toBe('messages.chat.toClient.two words')
    expect(wrong({ requests: { 'a refill': { ask: {}, reply: {} } } })).toBe('requests.a refill')
    expect(wrong({ requests: { refill: { ask: bad, reply: {} } } })).toBe('requests.refill.ask.two words')
    expect(wrong({ requests: { refill: { ask: {}, reply: bad } } })).toBe('requests.refill.reply.two words')
  })

  it('names a field whose name is taken by what every entity, player or object has', () => {
    for (const name of ['id', 'kind', 'owner', 'mine', 'constructor', 'toString', 'valueOf']) {
      expect(wrongEntity({ [name]: flag })).toBe(`entities.ship.${name}`)
    }
    for (const name of ['id', 'mine', 'connected', 'hasOwnProperty']) {
      expect(wrong({ player: { [name]: flag } })).toBe(`player.${name}`)
    }
    expect(wrong({ messages: { constructor: {} } })).toBe('messages.constructor')
    expect(wrong({ state: { id: flag, owner: flag } })).toBe('none')
  })

  it('names what is not a declaration', () => {
    expect(wrong({ state: { phase: 'warmup' } })).toBe('state.phase')
    expect(wrong({ entities: { ship: { x: place } } })).toBe('entities.ship')
  })

  it('takes a press in the input only, and an audience in entities and players only', () => {
    expect(wrong({ state: { fire: field.press() } })).toBe('state.fire')
    expect(wrongEntity({ fire: field.press() })).toBe('entities.ship.fire')
    expect(wrong({ input: { fire: field.press() } })).toBe('none')
    const hidden = { card: flag.to('owner') }
    expect(wrong({ join: hidden })).toBe('join.card')
    expect(wrong({ state: hidden })).toBe('state.card')
    expect(wrong({ input: hidden })).toBe('input.card')
    expect(wrong({ events: { shot: hidden } })).toBe('events.shot.card')
    expect(wrong({ messages: { chat: { toClient: hidden } } })).toBe('messages.chat.toClient.card')
    expect(wrong({ requests: { deal: { ask: {}, reply: hidden } } })).toBe('requests.deal.reply.card')
    expect(wrong({ player: hidden })).toBe('none')
    expect(wrongEntity(hidden)).toBe('none')
  })

  it('takes no field of variable length in the input: it is one row of integers per tick', () => {
    expect(wrong({ input: { say: field.text({ maxBytes: 8 }) } })).toBe('input.say')
    expect(wrong({ input: { raw: field.bytes({ maxBytes: 8 }) } })).toBe('input.raw')
    expect(wrong({ input: { all: field.list(flag, { maxItems: 2 }) } })).toBe('input.all')
  })

  it('names a wrong position', () => {
    const fields = { x: place, y: place, angle: field.angle(), at: field.vec2({ min: 0, max: 9, precision: 1 }) }
    const hidden = { x: place, y: place.to('owner') }
    for (const position of [['x', 'nope'], ['x', 'angle'], ['x'], ['at', 'at'], ['x', 'y', 'x'], []]) {
      expect(wrongEntity(fields, { position }), position.join()).toBe('entities.ship.position')
    }
    expect(wrongEntity(hidden, { position: ['x', 'y'] })).toBe('entities.ship.position')
    expect(wrongEntity(fields, { position: ['x', 'y'] })).toBe('none')
    expect(wrongEntity(fields, { position: ['at'] })).toBe('none')
  })

  it('names a wrong rate', () => {
    const at = field.vec2({ min: 0, max: 9, precision: 1 })
    const fields = {
      x: place,
      vx: place,
      ax: place,
      angle: field.angle(),
      spin: field.angle(),
      at,
      hp: field.uint({ max: 9 }),
    }
    for (const rates of [{ x: 'nope' }, { x: 'at' }, { x: 'hp' }, { x: undefined }, { x: 'x' }, { x: 'angle' }]) {
      expect(wrongEntity(fields, { rates }), String(rates.x)).toBe('entities.ship.rates.x')
    }
    expect(wrongEntity(fields, { rates: { nope: 'x' } })).toBe('entities.ship.rates.nope')
    expect(wrongEntity(fields, { rates: { x: 'vx', vx: 'ax' } })).toBe('entities.ship.rates.x')
    expect(wrongEntity({ x: place, vx: place.to('owner') }, { rates: { x: 'vx' } })).toBe('entities.ship.rates.x')
    expect(wrongEntity({ x: place.to('owner'), vx: place }, { rates: { x: 'vx' } })).toBe('entities.ship.rates.x')
    // An angle has no sign: turning back would be predicted as turning on by nearly a whole turn.
    expect(wrongEntity(fields, { rates: { angle: 'spin' } })).toBe('entities.ship.rates.angle')
    expect(wrongEntity(fields, { rates: { angle: 'vx', x: 'vx' } })).toBe('none')
  })

  it('names a wrong trend', () => {
    const fields = { x: place, vx: place, hp: field.uint({ max: 9 }), own: place.to('owner') }
    for (const trend of [['nope'], ['hp'], ['own']]) expect(wrongEntity(fields, { trend })).toBe('entities.ship.trend')
    expect(wrongEntity(fields, { trend: ['x'], rates: { x: 'vx' } })).toBe('entities.ship.trend')
    expect(wrongEntity(fields, { trend: ['vx'], rates: { x: 'vx' } })).toBe('none')
  })

  it('names a wrong predict and wrong owner bits', () => {
    expect(wrongEntity({ x: place }, { predict: 'always' })).toBe('entities.ship.predict')
    for (const ownerBits of [-1, 9, 1.5, Number.NaN]) {
      expect(wrongEntity({ x: place }, { ownerBits })).toBe('entities.ship.ownerBits')
    }
  })

  it('names what is wrong about when and to whom a kind is sent', () => {
    const fields = { x: place, y: place }
    const position = ['x', 'y']
    expect(wrongEntity(fields, { relevant: 'never' })).toBe('entities.ship.relevant')
    for (const priority of [0, -1, 1001, Number.NaN]) {
      expect(wrongEntity(fields, { priority })).toBe('entities.ship.priority')
    }
    expect(wrongEntity(fields, { far: { beyond: 1, everySnapshots: 2 } })).toBe('entities.ship.far')
    expect(wrongEntity(fields, { position, far: { beyond: -1, everySnapshots: 2 } })).toBe('entities.ship.far.beyond')
    for (const everySnapshots of [1, 65, 2.5]) {
      expect(wrongEntity(fields, { position, far: { beyond: 1, everySnapshots } })).toBe(
        'entities.ship.far.everySnapshots',
      )
    }
    expect(wrongEntity(fields, { position, relevant: 'always', priority: 0.5 })).toBe('none')
  })

  it('says what was expected, what came, and where', () => {
    expect(() => define({ snapshotRateHz: 7 })).toThrow(
      'defineGame.snapshotRateHz: expected a divisor of tickRateHz (60), got 7',
    )
  })
})

describe('defineSimulation', () => {
  it('ties a frozen game to its schema', () => {
    const schema = defineGame({ name: 'game', tickRateHz: 60 })
    const game = defineSimulation(schema, () => undefined)
    expect(game.schema).toBe(schema)
    expect(Object.isFrozen(game)).toBe(true)
  })

  it('names a simulation that is no function', () => {
    const schema = defineGame({ name: 'game', tickRateHz: 60 })
    expect(wrongOption(() => defineSimulation(schema, {} as () => void))).toBe('defineSimulation')
  })
})
