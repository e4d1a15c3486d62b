import { defineGame, entity, field } from '@tickwire/protocol'
import { BitReader, BitWriter, layoutOf, NO_PACKER, replicaOf, TRACKS } from '@tickwire/protocol/internal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TestWorld } from './world.ts'

const place = field.fixed({ min: 0, max: 512, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })
const schema = defineGame({
  name: 'codec',
  tickRateHz: 60,
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
  },
})
const layout = layoutOf(schema)

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const mover = fc.record({
  x: number(-10, 600),
  y: number(0, 511),
  vx: number(-70, 70),
  vy: fc.constant(0),
  angle: number(-9, 9),
  hp: fc.integer({ min: 0, max: 100 }),
  name: fc.constantFrom('', 'Ada', 'Grace', 'zoë'),
  ammo: fc.integer({ min: 0, max: 30 }),
  card: fc.integer({ min: 0, max: 51 }),
  secret: fc.integer({ min: 0, max: 9 }),
})
const thing = fc.record({
  at: fc.record({ x: number(-99, 99), y: number(-99, 99) }),
  spin: fc.record({ x: number(-1, 1), y: number(-1, 1), z: number(-1, 1), w: number(0.1, 1) }),
  tags: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 4 }),
  born: fc.integer({ min: 0, max: 0xffff_ffff }),
  target: fc.option(fc.integer({ min: 0, max: 0xfffe_ffff }), { nil: null }),
  mood: fc.constantFrom('calm', 'angry', 'gone'),
  heat: fc.float({ noNaN: true, noDefaultInfinity: true }),
})
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('spawn' as const), slot: fc.nat(9), fields: mover }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('spawnThing' as const), slot: fc.nat(9), fields: thing }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('change' as const), slot: fc.nat(9), fields: mover }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('despawn' as const), slot: fc.nat(9) }) },
  {
    weight: 9,
    arbitrary: fc.record({ type: fc.constant('drift' as const), snapshots: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('send' as const) }) },
)

/** A world, and one reader that is told only now and then. */
class Session {
  readonly world = new TestWorld(schema)
  readonly replica = replicaOf(layout, NO_PACKER)
  readonly known = new Map<number, number>()
  tick = 3
  private syncTick = -1

  snapshot(): void {
    this.tick += 3
    for (const { kind, fields } of this.world.slots.values()) {
      if (kind.name !== 'mover') continue
      fields['x'] = Number(fields['x']) + (Number(fields['vx']) * 3) / 60
    }
    this.world.advance(this.tick)
  }

  send(): void {
    const writer = new BitWriter()
    for (const track of TRACKS) this.world.writeTrack(writer, track, this.known, this.syncTick, this.tick)
    const reader = new BitReader(writer.toBytes())
    this.replica.begin()
    for (const track of TRACKS) this.replica.readTrack(reader, track, this.tick)
    reader.expectEnd()
    this.replica.commit()
    this.syncTick = this.tick
    this.known.clear()
    for (const [slot, { generation }] of this.world.slots) this.known.set(slot, generation)
  }

  expectTruth(): void {
    expect([...this.replica.entities.keys()].toSorted((a, b) => a - b)).toEqual(
      [...this.world.slots.keys()].toSorted((a, b) => a - b),
    )
    for (const [slot, truth] of this.world.slots) {
      const held = this.replica.entities.get(slot)!
      const row = new Int32Array(truth.kind.columns.length)
      this.replica.rowAt(held, this.tick, row)
      for (const [i, column] of truth.kind.columns.entries()) {
        if (column.blob < 0) expect(row[i], `${truth.kind.name}.${column.name}`).toBe(truth.row[i])
      }
      for (const { blob, name } of truth.kind.blobs) {
        const empty = name === 'tags' ? [] : ''
        expect(held.blobs[blob] ?? empty).toEqual(truth.fields[name])
      }
    }
  }
}

describe('Replica', () => {
  it('[REC1] shows exactly the quantised truth after every snapshot, whatever changed and however many were skipped', () => {
    const forms = new Set<string>()
    fc.assert(
      fc.property(fc.array(command, { minLength: 5, maxLength: 60 }), (commands) => {
        const session = new Session()
        for (const one of commands) {
          if (one.type === 'spawn') session.world.spawn(one.slot, 'mover', { ...one.fields })
          else if (one.type === 'spawnThing') session.world.spawn(one.slot, 'thing', { ...one.fields })
          else if (one.type === 'despawn') session.world.despawn(one.slot)
          else if (one.type === 'change') change(session, one.slot, one.fields)
          else if (one.type === 'drift') for (let i = 0; i < one.snapshots; i++) session.snapshot()
          else {
            session.snapshot()
            session.send()
            session.expectTruth()
          }
        }
        for (const form of session.world.forms) forms.add(form.split(' ')[1]!)
      }),
      { numRuns: 400 },
    )
    expect([...forms]).toEqual(expect.arrayContaining(['catch-up', 'delta', 'full']))
  })

  it('[REC2] says nothing of an entity in steady motion', () => {
    const session = new Session()
    session.world.spawn(0, 'mover', {
      x: 10,
      y: 5,
      vx: 1.3125,
      vy: 0,
      angle: 1,
      hp: 9,
      name: 'a',
      ammo: 1,
      card: 2,
      secret: 3,
    })
    session.snapshot()
    session.send()
    const before = session.world.forms.length
    for (let i = 0; i < 20 * 60; i++) {
      session.snapshot()
      session.send()
      session.expectTruth()
    }
    // Its low bits change with every step and go to the owner; the public track may correct its carry once.
    const publicUpdates = session.world.forms.slice(before).filter((form) => form.startsWith('all'))
    expect(publicUpdates.length).toBeLessThanOrEqual(1)
  })

  it('[REC2] says nothing of what goes on changing as it did', () => {
    const session = new Session()
    const { fields } = session.world.spawn(0, 'thing', { ...still, at: { x: -90, y: 0 } })
    const steps = 300
    for (let i = 0; i < steps; i++) {
      // Five steps a tick: no rounding hides anything.
      ;(fields['at'] as { x: number }).x += 0.15
      session.snapshot()
      session.send()
      session.expectTruth()
    }
    // One to enter, one to learn the trend.
    expect(session.world.forms.filter((form) => form.startsWith('all'))).toEqual(['all full', 'all delta'])
  })

  it('[REC3] keeps the entity object when a full record replaces its anchor', () => {
    const session = new Session()
    session.world.spawn(0, 'mover', {
      x: 1,
      y: 1,
      vx: 0,
      vy: 0,
      angle: 0,
      hp: 9,
      name: 'a',
      ammo: 1,
      card: 2,
      secret: 3,
    })
    session.snapshot()
    session.send()
    const held = session.replica.entities.get(0)
    session.world.forms.length = 0
    for (let i = 0; i < 12; i++) {
      session.world.slots.get(0)!.fields['hp'] = i
      session.snapshot()
    }
    session.send()
    expect(session.world.forms).toContain('all known')
    expect(session.replica.entities.get(0)).toBe(held)
    session.expectTruth()
  })
})

const still = {
  at: { x: 0, y: 0 },
  spin: { x: 0, y: 0, z: 0, w: 1 },
  tags: [],
  born: 0,
  target: null,
  mood: 'calm',
  heat: 0,
}

function change(session: Session, slot: number, fields: Record<string, unknown>): void {
  const truth = session.world.slots.get(slot)
  if (truth?.kind.name === 'mover') Object.assign(truth.fields, fields)
}
