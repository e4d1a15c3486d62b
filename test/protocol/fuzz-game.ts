/** A game with every kind of field, and a stream of snapshots of its moving world. */
import { Packr } from 'msgpackr'
import { BodyEncoder } from '../../protocol/src/codec/entropy/body-encoder.ts'
import { layoutOf, TRACKS } from '../../protocol/src/codec/layout.ts'
import { GameCodec } from '../../protocol/src/game-codec.ts'
import type { Packer } from '../../protocol/src/messages/values.ts'
import { defineGame, entity } from '../../protocol/src/schema/define.ts'
import { field } from '../../protocol/src/schema/field.ts'
import type { StandardSchema } from '../../protocol/src/schema/spec.ts'
import { Random } from '../../protocol/src/sim/random.ts'
import { TestWorld } from './codec/world.ts'
import { bytesOf, noise } from './hostile.ts'

const packr = new Packr({ useRecords: false })
const packer: Packer = { encode: (value) => packr.pack(value), decode: (bytes) => packr.unpack(bytes) as unknown }
const anything: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }

const place = field.fixed({ min: 0, max: 512, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })
const definition = {
  name: 'fuzz',
  tickRateHz: 60,
  entities: {
    mover: entity(
      {
        x: place,
        vx: speed,
        angle: field.angle({ bits: 8 }),
        spin: speed,
        hp: field.uint({ max: 100 }),
        wide: field.int({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        name: field.text({ maxBytes: 12 }),
        ammo: field.uint({ max: 30 }).to('owner'),
        card: field.uint({ max: 51 }).to('revealed'),
      },
      { rates: { x: 'vx', angle: 'spin' }, trend: ['vx'], predict: 'owner' },
    ),
    thing: entity({
      at: field.vec2({ min: -100, max: 100, precision: 0.01 }),
      turn: field.quaternion(),
      tags: field.list(field.text({ maxBytes: 5 }), { maxItems: 4 }),
      heat: field.f32(),
      raw: field.bytes({ maxBytes: 9 }).to('owner'),
    }),
  },
  input: {
    thrust: field.bool(),
    turn: field.int({ min: -1, max: 1 }),
    aim: field.f32(),
    fire: field.press(),
    who: field.entity(),
  },
  events: { shot: { x: place, text: field.text({ maxBytes: 9 }) }, quiet: {} },
  messages: {
    chat: {
      toServer: {
        text: field.text({ maxBytes: 20 }),
        free: field.packed(anything, { maxBytes: 60 }),
        all: field.list(field.quaternion(), { maxItems: 9 }),
      },
    },
  },
} as const
const schema = defineGame(definition)
const codedSchema = defineGame({ ...definition, compression: 'entropy' })
export const layout = layoutOf(schema)
export const codedLayout = layoutOf(codedSchema)
export const codec = new GameCodec(schema, packer)
export const chat = schema.messages['chat']!.toServer!
export const eventFields = Object.values(schema.events)

/** A world that moves, and the snapshots of a reader that gets all of them, with how it was before each. */
export class Stream {
  readonly world = new TestWorld(schema)
  private readonly random: Random
  /** Of a stream that is coded by models. */
  private readonly encoder: BodyEncoder | null
  /** The table that its reader must learn first; nothing was learnt for it yet. */
  readonly table: Uint8Array
  private readonly known = new Map<number, number>()
  private syncTick = -1
  tick = 60

  constructor(seed: number, isCoded: boolean = false) {
    this.random = new Random(seed)
    this.encoder = isCoded ? new BodyEncoder(codedLayout) : null
    this.table = this.encoder?.publish() ?? new Uint8Array(0)
    for (let slot = 0; slot < 9; slot++) this.spawn(slot)
  }

  private spawn(slot: number): void {
    const { random } = this
    if (slot % 3 === 2) {
      const turn = { x: random.next(), y: 0, z: 0, w: 1 }
      const raw = noise(random, 3)
      this.world.spawn(slot, 'thing', { at: { x: random.next() * 90, y: 1 }, turn, tags: ['a', 'bc'], heat: 1.5, raw })
      return
    }
    const motion = {
      x: random.next() * 500,
      vx: random.next() * 90 - 45,
      angle: random.next() * 6,
      spin: random.next() * 9,
    }
    this.world.spawn(slot, 'mover', {
      ...motion,
      hp: random.int(0, 100),
      wide: random.int(-9, 9),
      name: 'Ada',
      ammo: 3,
      card: 9,
    })
  }

  /** The next snapshot as bytes: the reader is told all. */
  next(): Uint8Array {
    const { random, world } = this
    this.tick += 3
    for (let changes = random.int(0, 4); changes > 0; changes--) {
      const slot = random.int(0, 9)
      const one = world.slots.get(slot)
      if (one === undefined) this.spawn(slot)
      else if (random.next() < 0.15) world.despawn(slot)
      else if (one.kind.name === 'mover')
        Object.assign(one.fields, {
          x: random.next() * 500,
          hp: random.int(0, 100),
          name: random.pick(['Ada', 'Grace', '']),
        })
      else Object.assign(one.fields, { heat: random.next(), tags: random.pick([['x'], [], ['y', 'z', 'zoë']]) })
    }
    world.advance(this.tick)
    const bytes = bytesOf((writer) => {
      if (this.encoder !== null) world.writeCoded(writer, this.encoder, this.known, this.tick)
      const plain = this.encoder === null ? TRACKS : (['owner', 'revealed'] as const)
      for (const track of plain) world.writeTrack(writer, track, this.known, this.syncTick, this.tick)
    })
    this.syncTick = this.tick
    this.known.clear()
    for (const [slot, { generation }] of world.slots) this.known.set(slot, generation)
    return bytes
  }
}
