/** What a replica refuses, and that a refused snapshot leaves no trace; `replica.test.ts` has what it shows. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../../protocol/src/bits/reader.ts'
import { BitWriter } from '../../../protocol/src/bits/writer.ts'
import { layoutOf, TRACKS } from '../../../protocol/src/codec/layout.ts'
import type { TrackName } from '../../../protocol/src/codec/layout.ts'
import { replicaOf } from '../../../protocol/src/codec/entropy/coded-replica.ts'
import { entityId, slotOf } from '../../../protocol/src/codec/replica.ts'
import type { Replica } from '../../../protocol/src/codec/replica.ts'
import type { HeldEntity } from '../../../protocol/src/codec/staging.ts'
import { SlotGaps, writeCount, writeSlots } from '../../../protocol/src/codec/updates.ts'
import { DecodeError } from '../../../protocol/src/errors.ts'
import { LIMITS } from '../../../protocol/src/limits.ts'
import { NO_PACKER } from '../../../protocol/src/messages/values.ts'
import { defineGame, entity } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'

const layout = layoutOf(
  defineGame({
    name: 'refusals',
    tickRateHz: 60,
    entities: {
      ship: entity({
        hp: field.uint({ max: 63 }),
        name: field.text({ maxBytes: 9 }),
        ammo: field.uint({ max: 30 }).to('owner'),
        plan: field.text({ maxBytes: 9 }).to('owner'),
        card: field.uint({ max: 51 }).to('revealed'),
      }),
      wall: entity({ hp: field.uint({ max: 63 }) }),
    },
  }),
)
const SHIP = layout.kindByName.get('ship')!
const WALL = layout.kindByName.get('wall')!
const [OWNER_HP, HP] = [SHIP.ownerColumn, SHIP.fields.find(({ name }) => name === 'hp')!.column]
const TICK = 100

/** Writes one track by hand, so that it may say what no server says. */
class TrackWriter {
  readonly writer = new BitWriter()
  private readonly removals: number[] = []
  private readonly updates: { slot: number; write: (writer: BitWriter) => void }[] = []

  remove(slot: number): this {
    this.removals.push(slot)
    return this
  }
  /** A full record; `kind` and `generation` only in the track "all". */
  full(
    slot: number,
    age: number,
    head: { kind: number; generation: number } | null,
    columns: (writer: BitWriter) => void,
  ): this {
    return this.update(slot, (writer) => {
      writer.bits(0b11, 2)
      writer.varuint(age, 4)
      if (head !== null) {
        writer.bool(false)
        writer.varuint(head.kind, 4)
        writer.varuint(head.generation, 7)
      }
      columns(writer)
    })
  }
  delta(slot: number, columns: (writer: BitWriter) => void): this {
    return this.update(slot, (writer) => {
      writer.bits(0, 1)
      columns(writer)
    })
  }
  catchUp(slot: number, age: number, columns: (writer: BitWriter) => void): this {
    return this.update(slot, (writer) => {
      writer.bits(0b01, 2)
      writer.varuint(age, 4)
      columns(writer)
    })
  }
  bits(): BitWriter {
    writeSlots(this.writer, this.removals, this.removals.length)
    writeCount(this.writer, this.updates.length)
    const gaps = new SlotGaps()
    for (const { slot, write } of this.updates) {
      gaps.write(this.writer, slot)
      write(this.writer)
    }
    return this.writer
  }
  private update(slot: number, write: (writer: BitWriter) => void): this {
    this.updates.push({ slot, write })
    return this
  }
}

/** The columns of a ship's public track: owner, jumps, hp, name. */
const shipAt =
  (hp: number, name = '') =>
  (writer: BitWriter): void => {
    writer.bits(0b001, 3)
    writer.bool(true)
    writer.bits(hp, 6)
    writer.bool(name !== '')
    if (name !== '') writer.text(name, 9)
  }
const nothing = (writer: BitWriter): void => writer.bits(0, 1)
const hpBecomes =
  (hp: number) =>
  (writer: BitWriter): void => {
    writer.bits(0b001, 3)
    writer.bool(true)
    writer.bits(0b11, 2)
    writer.bits(hp, 6)
    writer.bool(false)
  }
/** The columns of a ship's private track: ammo, plan. */
const ownersAt =
  (ammo: number, plan: string) =>
  (writer: BitWriter): void => {
    writer.bits(0b11, 2)
    writer.bits(ammo, 5)
    writer.bool(plan !== '')
    if (plan !== '') writer.text(plan, 9)
  }
const ship = (generation = 0): { kind: number; generation: number } => ({ kind: SHIP.index, generation })

type Snapshot = Partial<Record<TrackName, TrackWriter>>
function read(replica: Replica, snapshot: Snapshot, tick = TICK): void {
  replica.begin()
  for (const track of TRACKS) {
    const writer = snapshot[track]?.bits()
    if (writer === undefined) continue
    const reader = new BitReader(writer.toBytes(), 0, writer.bitLength)
    replica.readTrack(reader, track, tick)
    expect(reader.bitsLeft).toBe(0)
  }
}
function apply(replica: Replica, snapshot: Snapshot, tick = TICK): { entered: HeldEntity[]; left: HeldEntity[] } {
  read(replica, snapshot, tick)
  const { entered, left } = replica.commit()
  return { entered: [...entered], left: [...left] }
}
/** All that a replica shows, as plain data. */
function shown(replica: Replica, tick = TICK): unknown {
  return [...replica.entities].map(([slot, one]) => {
    const row = new Int32Array(one.kind.columns.length)
    const hasOwnerTrack = replica.rowAt(one, tick, row)
    return { slot, id: one.id, kind: one.kind.name, row: [...row], blobs: [...one.blobs], hasOwnerTrack }
  })
}
/** A replica that holds ship 3 (hp 50, "Ada", its owner's track) and wall 7, as of tick 100. */
function held(): Replica {
  const replica = replicaOf(layout, NO_PACKER)
  apply(replica, {
    all: new TrackWriter()
      .full(3, 0, ship(), shipAt(50, 'Ada'))
      .full(7, 0, { kind: WALL.index, generation: 0 }, nothing),
    owner: new TrackWriter().full(3, 0, null, ownersAt(9, 'go')),
  })
  return replica
}
const hpOf = (replica: Replica, slot: number): number => {
  const one = replica.entities.get(slot)!
  const row = new Int32Array(one.kind.columns.length)
  replica.rowAt(one, TICK + 99, row)
  return row[one.kind.index === SHIP.index ? HP : OWNER_HP + 2]!
}

describe('what a replica takes', () => {
  it('is what the records by hand say', () => {
    const replica = held()
    expect(hpOf(replica, 3)).toBe(50)
    expect(replica.entities.get(3)!.blobs).toEqual(['Ada', 'go'])
    apply(replica, { all: new TrackWriter().delta(3, hpBecomes(7)) }, TICK + 3)
    expect(hpOf(replica, 3)).toBe(7)
    apply(replica, { all: new TrackWriter().catchUp(3, 1, hpBecomes(8)) }, TICK + 6)
    expect(hpOf(replica, 3)).toBe(8)
    expect(replica.entities.get(3)!.anchors.all.tick).toBe(TICK + 5)
  })

  it('[REC8] a removal and a full record of another generation in one snapshot: one leaves, another enters', () => {
    const replica = held()
    const before = replica.entities.get(3)
    const { entered, left } = apply(
      replica,
      { all: new TrackWriter().remove(3).full(3, 0, ship(1), shipAt(20)) },
      TICK + 3,
    )
    expect([left, entered]).toEqual([[before], [replica.entities.get(3)]])
    expect([slotOf(entered[0]!.id), entered[0]!.id]).toEqual([3, entityId(3, 1)])
    expect(replica.entities.get(3)!.anchors.owner.tick).toBe(-1)
  })

  it('[REC8] a removal and a full record of the same generation: ids have gone once around, it is another entity', () => {
    const replica = held()
    const before = replica.entities.get(3)
    const { entered, left } = apply(
      replica,
      { all: new TrackWriter().remove(3).full(3, 0, ship(0), shipAt(20)) },
      TICK + 3,
    )
    expect(left).toEqual([before])
    expect(entered[0]).not.toBe(before)
    expect(shown(replica, TICK + 3)).toContainEqual(
      expect.objectContaining({ slot: 3, blobs: [undefined], hasOwnerTrack: false }),
    )
  })

  it('[REC8] a full record of another kind with the same generation: another entity', () => {
    const replica = held()
    const { entered, left } = apply(
      replica,
      { all: new TrackWriter().full(3, 0, { kind: WALL.index, generation: 0 }, nothing) },
      TICK + 3,
    )
    expect([left, entered].map((list) => list.map(({ kind }) => kind.name))).toEqual([['ship'], ['wall']])
  })

  it('[REC8] the removal of a private track takes what it brought, texts too, and leaves the entity', () => {
    const replica = held()
    const one = replica.entities.get(3)
    apply(replica, { owner: new TrackWriter().remove(3) }, TICK + 3)
    expect(replica.entities.get(3)).toBe(one)
    expect(shown(replica, TICK + 3)).toContainEqual(
      expect.objectContaining({ slot: 3, blobs: ['Ada', undefined], hasOwnerTrack: false }),
    )
    apply(replica, { owner: new TrackWriter().full(3, 0, null, ownersAt(4, '')) }, TICK + 6)
    expect(shown(replica, TICK + 6)).toContainEqual(expect.objectContaining({ slot: 3, hasOwnerTrack: true }))
  })

  it('the removal of what it does not hold', () => {
    const replica = held()
    const before = shown(replica)
    expect(apply(replica, { all: new TrackWriter().remove(9), owner: new TrackWriter().remove(9) })).toEqual({
      entered: [],
      left: [],
    })
    expect(shown(replica)).toEqual(before)
  })

  it('a private track of an entity that enters in the same snapshot', () => {
    const replica = held()
    apply(replica, {
      all: new TrackWriter().full(4, 0, ship(), shipAt(1)),
      owner: new TrackWriter().full(4, 0, null, ownersAt(2, 'x')),
    })
    expect(shown(replica)).toContainEqual(
      expect.objectContaining({ slot: 4, blobs: [undefined, 'x'], hasOwnerTrack: true }),
    )
  })

  it('[REC3] a full record of what it holds, also at the tick of its anchor', () => {
    const replica = held()
    const one = replica.entities.get(3)
    expect(apply(replica, { all: new TrackWriter().full(3, 0, ship(), shipAt(51)) })).toEqual({ entered: [], left: [] })
    expect(replica.entities.get(3)).toBe(one)
    expect([hpOf(replica, 3), one!.blobs[0]]).toEqual([51, undefined])
  })
})

describe('what a replica refuses', () => {
  const REFUSED: readonly (readonly [name: string, snapshot: () => Snapshot, tick: number])[] = [
    ['[REC7] a delta for what is not held', () => ({ all: new TrackWriter().delta(4, nothing) }), TICK + 3],
    ['[REC7] a catch-up for what is not held', () => ({ all: new TrackWriter().catchUp(4, 0, nothing) }), TICK + 3],
    [
      '[REC7] a full record in a private track for what is not held',
      () => ({ owner: new TrackWriter().full(4, 0, null, ownersAt(1, '')) }),
      TICK + 3,
    ],
    [
      '[REC7] a delta in a private track that is not held',
      () => ({ revealed: new TrackWriter().delta(3, nothing) }),
      TICK + 3,
    ],
    [
      '[REC7] a record in a track of which the kind has nothing',
      () => ({ owner: new TrackWriter().full(7, 0, null, () => undefined) }),
      TICK + 3,
    ],
    [
      '[REC7] a delta behind the removal of its entity',
      () => ({ all: new TrackWriter().remove(3).delta(3, nothing) }),
      TICK + 3,
    ],
    [
      '[REC7] a catch-up behind the removal of its entity',
      () => ({ all: new TrackWriter().remove(3).catchUp(3, 0, nothing) }),
      TICK + 3,
    ],
    [
      '[REC7] a private record behind the removal of its entity',
      () => ({ all: new TrackWriter().remove(3), owner: new TrackWriter().full(3, 0, null, ownersAt(1, '')) }),
      TICK + 3,
    ],
    [
      '[REC7] a delta behind the removal of its private track',
      () => ({ owner: new TrackWriter().remove(3).delta(3, nothing) }),
      TICK + 3,
    ],
    [
      '[REC7] a private delta for an entity that another one replaces',
      () => ({ all: new TrackWriter().full(3, 0, ship(1), shipAt(1)), owner: new TrackWriter().delta(3, nothing) }),
      TICK + 3,
    ],
    [
      '[REC4] a catch-up to before the anchor that is held',
      () => ({ all: new TrackWriter().catchUp(3, 1, nothing) }),
      TICK,
    ],
    [
      '[REC4] a full record from before the anchor that is held',
      () => ({ all: new TrackWriter().full(3, 1, ship(), shipAt(1)) }),
      TICK,
    ],
    [
      '[REC4] a delta in a snapshot from before the anchor that is held',
      () => ({ all: new TrackWriter().delta(3, nothing) }),
      TICK - 1,
    ],
    ['[REC4] an anchor before tick 0', () => ({ all: new TrackWriter().full(4, TICK + 1, ship(), shipAt(1)) }), TICK],
    [
      '[VAL1] a kind that does not exist',
      () => ({ all: new TrackWriter().full(4, 0, { kind: 4, generation: 0 }, shipAt(1)) }),
      TICK,
    ],
    ['[BIT2] a text that is not UTF-8', () => ({ all: new TrackWriter().full(4, 0, ship(), brokenText) }), TICK],
    [
      '[VAL1] a slot beyond the last',
      () => ({ all: new TrackWriter().full(LIMITS.maxEntitySlots, 0, ship(), shipAt(1)) }),
      TICK,
    ],
  ]
  const brokenText = (writer: BitWriter): void => {
    writer.bits(0b1_0001, 5)
    writer.varuint(1, 7)
    writer.bits(0xff, 8)
  }

  it.each(REFUSED)('%s, and shows what it showed before', (_, snapshot, tick) => {
    const replica = held()
    const [before, entities] = [shown(replica), [...replica.entities.values()]]
    expect(() => read(replica, snapshot(), tick)).toThrow(DecodeError)
    expect(shown(replica)).toEqual(before)
    expect([...replica.entities.values()]).toEqual(entities)
    // Nothing of it is left for the next snapshot either.
    expect(apply(replica, { all: new TrackWriter() }, tick + 9)).toEqual({ entered: [], left: [] })
    expect(shown(replica)).toEqual(before)
  })

  it('[SNP2] takes nothing of a snapshot that breaks at any bit, and then takes the whole one', () => {
    const snapshot = new TrackWriter().remove(7).delta(3, hpBecomes(7)).full(5, 0, ship(2), shipAt(33, 'Grace')).bits()
    const replica = held()
    const before = shown(replica)
    for (let end = 0; end < snapshot.bitLength; end++) {
      replica.begin()
      const reader = new BitReader(snapshot.toBytes(), 0, end)
      expect(() => replica.readTrack(reader, 'all', TICK + 3), `${end} bits`).toThrow(DecodeError)
      expect(shown(replica)).toEqual(before)
    }
    replica.begin()
    replica.readTrack(new BitReader(snapshot.toBytes(), 0, snapshot.bitLength), 'all', TICK + 3)
    expect(shown(replica)).toEqual(before)
    const { entered, left } = replica.commit()
    expect([entered.map(({ slot }) => slot), left.map(({ slot }) => slot)]).toEqual([[5], [7]])
    expect([hpOf(replica, 3), hpOf(replica, 5), replica.entities.get(5)!.blobs[0]]).toEqual([7, 33, 'Grace'])
  })

  it('keeps no more than a snapshot can bring, however much one announces', () => {
    const writer = new BitWriter()
    writeCount(writer, 0)
    writeCount(writer, LIMITS.maxEntitySlots)
    writer.bytes(new Uint8Array(2000).fill(0xff))
    const replica = held()
    expect(() => replica.readTrack(new BitReader(writer.toBytes()), 'all', TICK)).toThrow(DecodeError)
    const zeros = new BitWriter()
    writeCount(zeros, LIMITS.maxEntitySlots)
    zeros.bytes(new Uint8Array(9000))
    // Every slot is removed, nearly all with one bit; what follows is a list without updates.
    replica.begin()
    expect(() => replica.readTrack(new BitReader(zeros.toBytes()), 'all', TICK)).not.toThrow()
    expect(replica.commit().left).toHaveLength(2)
  })
})

describe('ids', () => {
  it('are unique for every slot and generation, up to the last of both', () => {
    const slot = fc.nat(LIMITS.maxEntitySlots - 1)
    fc.assert(
      fc.property(slot, fc.nat(0xffff), (one, generation) => {
        const id = entityId(one, generation)
        expect(slotOf(id)).toBe(one)
        expect(Math.floor(id / 0x1_0000)).toBe(generation)
        expect(id).toBeLessThanOrEqual(0xffff_fffe)
      }),
    )
    expect(entityId(LIMITS.maxEntitySlots - 1, 0xffff)).toBe(0xffff_fffe)
  })
})
