import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { quantise } from '@tickwire/protocol/internal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entity } from '../../../server/src/replication/entity-list.ts'
import type { EntityRecord } from '../../../server/src/replication/entity-table.ts'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import { RoomHarness } from '../room/harness.ts'
import type { Member } from '../room/harness.ts'

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 16 })
const speed = field.fixed({ min: -64, max: 64, precision: 1 / 32 })
const schema = defineGame({
  name: 'truth',
  tickRateHz: 60,
  state: { round: field.uint({ max: 99 }), title: field.text({ maxBytes: 8 }) },
  player: { score: field.uint({ max: 99 }), hand: field.uint({ max: 51 }).to('owner') },
  entities: {
    mover: entity(
      {
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
      },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' },
    ),
    rock: entity(
      { x: place, y: place, tags: field.list(field.uint({ max: 7 }), { maxItems: 4 }) },
      { position: ['x', 'y'], static: true },
    ),
    token: entity({ face: field.uint({ max: 51 }).to('revealed'), stack: field.uint({ max: 9 }) }),
  },
})
interface Truth extends TypesOf<typeof schema> {}

const game = defineSimulation<Truth>(schema, (world) => {
  for (const mover of world.all('mover')) {
    mover.x += mover.vx * world.dt
    mover.y += mover.vy * world.dt
  }
})
const PLAYERS = 3
const truthRoom = defineRoom(game, { maxPlayers: PLAYERS })
const KINDS = ['mover', 'rock', 'token'] as const

const seat = fc.nat(PLAYERS - 1)
const index = fc.nat(30)
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('spawn' as const),
      kind: fc.constantFrom(...KINDS),
      owner: fc.option(seat, { nil: null }),
      x: fc.double({ min: 0, max: 1023, noNaN: true }),
      y: fc.double({ min: 0, max: 1023, noNaN: true }),
      vx: fc.double({ min: -63, max: 63, noNaN: true }),
      number: fc.nat(7),
      word: fc.constantFrom('', 'a', 'zoë'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      index,
      vx: fc.double({ min: -63, max: 63, noNaN: true }),
      number: fc.nat(7),
      word: fc.constantFrom('', 'b', 'ccc'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give' as const), index, to: fc.option(seat, { nil: null }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reveal' as const),
      index,
      to: fc.option(seat, { nil: null }),
      shown: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('despawn' as const), index }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('snapshot' as const), times: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), times: fc.integer({ min: 60, max: 90 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ack' as const), seat }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), seat }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('resume' as const),
      seat,
      forgotten: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const), seat }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('view' as const),
      seat,
      area: fc.option(fc.record({ x: fc.nat(1023), y: fc.nat(1023), radius: fc.integer({ min: 50, max: 600 }) }), {
        nil: null,
      }),
    }),
  },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

class Session {
  readonly harness: RoomHarness
  readonly members: Member[] = []
  /** The newest snapshot that each client was told, so that only fresh ones are held against the truth. */
  private readonly checked: number[] = []

  constructor() {
    this.harness = new RoomHarness(truthRoom)
  }

  async start(): Promise<void> {
    for (let i = 0; i < PLAYERS; i++) {
      this.members.push(await this.harness.join({}))
      this.checked.push(-1)
    }
  }

  private get world() {
    return this.harness.room.core.world
  }

  private pick(at: number): Entity | undefined {
    const all = KINDS.flatMap((kind) => [...this.world.all(kind)])
    return all.length === 0 ? undefined : all[at % all.length]
  }

  run(one: Command): void {
    switch (one.do) {
      case 'spawn':
        this.world.spawn(
          one.kind,
          {
            ...one,
            hp: one.number,
            name: one.word,
            card: one.number,
            letter: one.word,
            ammo: one.number,
            notes: one.word,
            face: one.number,
            secret: 5,
          },
          { owner: one.owner },
        )
        return
      case 'change':
        this.change(this.pick(one.index), one)
        return
      case 'give': {
        const given = this.pick(one.index)
        if (given !== undefined) given.owner = one.to
        if (given?.kind === 'rock') this.world.touch(given)
        return
      }
      case 'reveal': {
        const shown = this.pick(one.index)
        const to = one.to === null ? 'all' : { id: one.to }
        if (shown !== undefined && one.shown) this.world.reveal(shown, to)
        else if (shown !== undefined) this.world.conceal(shown, to)
        return
      }
      case 'despawn': {
        const gone = this.pick(one.index)
        if (gone !== undefined) this.world.despawn(gone)
        return
      }
      case 'snapshot':
      case 'wait':
        for (let i = 0; i < one.times; i++) this.snapshot()
        return
      default:
        this.connect(this.members[one.seat]!, one)
    }
  }

  private change(target: Entity | undefined, to: { vx: number; number: number; word: string }): void {
    this.world.state['round'] = to.number
    this.world.state['title'] = to.word
    for (const { seat: id } of this.members) {
      const player = this.harness.room.core.players.get(id)! as unknown as { state: Record<string, unknown> }
      player.state['hand'] = to.number + id
    }
    if (target === undefined) return
    if (target.kind === 'mover')
      Object.assign(target, {
        vx: to.vx,
        hp: to.number,
        name: to.word,
        ammo: to.number,
        notes: to.word,
        card: to.number,
        letter: to.word,
      })
    else if (target.kind === 'token') Object.assign(target, { face: to.number, stack: to.number })
    else {
      ;(target['tags'] as number[]).push(to.number)
      ;(target['tags'] as number[]).splice(0, (target['tags'] as number[]).length - 4)
      this.world.touch(target)
    }
  }

  private connect(member: Member, one: Extract<Command, { seat: number }>): void {
    const { link } = member
    if (one.do === 'view') this.harness.room.core.players.get(member.seat)!.view = one.area
    else if (one.do === 'ack') member.ack()
    else if (one.do === 'cut') link.isCut = true
    else if (one.do === 'reload') {
      this.bringBack(member)
      link.reload()
      member.resume(-1)
      this.checked[member.seat] = -1
    } else if (link.isCut) {
      this.bringBack(member)
      // A snapshot that the server has no memory of: it must assume that the client holds anything.
      member.resume(one.forgotten && link.heldSeq > 0 ? link.heldSeq + 1000 : link.heldSeq)
    }
  }

  private bringBack(member: Member): void {
    member.drop()
    member.link.isCut = false
  }

  snapshot(): void {
    this.harness.snapshot()
    for (const member of this.members) this.check(member)
  }

  private check({ link, seat: id }: Member): void {
    const { replication } = this.harness.room.core
    if (link.isCut || link.tick !== replication.tick || link.heldSeq === this.checked[id]) return
    this.checked[id] = link.heldSeq
    const visible = [...replication.table].filter((record) => this.isVisible(record, id))
    for (const record of replication.table) this.checkView(record, id, visible.includes(record))
    expect(new Set([...link.replica.entities.values()].map(({ id: heldId }) => heldId))).toEqual(
      new Set(visible.map((record) => record.id)),
    )
    for (const record of visible) this.checkEntity(link, id, record)
  }

  /** In the view: shown; well outside of it: not; in between it depends on where it came from. */
  private checkView({ kind, head, fields }: EntityRecord, id: number, isShown: boolean): void {
    const { view } = this.harness.room.core.seats.at(id)!
    const isEverywhere = view === null || head.owner === id || kind.position.length === 0
    if (isEverywhere || !('radius' in view)) {
      expect(isShown).toBe(true)
      return
    }
    const distance = Math.hypot((fields['x'] as number) - view.x, (fields['y'] as number) - view.y)
    if (distance < view.radius - 1) expect(isShown, 'is in the view').toBe(true)
    if (distance > view.radius * 1.15 + 1) expect(isShown, 'is out of the view').toBe(false)
  }

  private isVisible(record: EntityRecord, id: number): boolean {
    const { feed } = this.harness.room.core.seats.at(id)!
    return feed.own === null || feed.own.idAt(record.slot) === record.id
  }

  private checkEntity(link: Member['link'], id: number, record: EntityRecord): void {
    const held = link.replica.entities.get(record.slot)!
    const { kind, fields, head } = record
    const truth = new Int32Array(kind.columns.length)
    quantise(
      kind,
      fields,
      truth,
      () => 0,
      () => undefined,
    )
    truth[kind.ownerColumn] = head.owner === null ? 0 : head.owner + 1
    const row = new Int32Array(kind.columns.length)
    link.replica.rowAt(held, link.tick, row)
    const mayOwn = head.owner === id
    const mayReveal = record.reveals.has(id)
    expect(held.anchors.owner.tick >= 0, 'holds the owner track').toBe(mayOwn && kind.tracks.owner.columns.length > 0)
    expect(held.anchors.revealed.tick >= 0, 'holds the revealed track').toBe(
      mayReveal && kind.tracks.revealed.columns.length > 0,
    )
    for (const [track, may] of [
      ['all', true],
      ['owner', mayOwn],
      ['revealed', mayReveal],
    ] as const) {
      const { start, columns } = kind.tracks[track]
      for (const [i, column] of columns.entries()) {
        if (column.blob < 0) expect(row[start + i], `${kind.name}.${column.name}`).toBe(may ? truth[start + i] : 0)
        else if (may) expect(held.blobs[column.blob] ?? (column.name === 'tags' ? [] : '')).toEqual(fields[column.name])
      }
    }
  }
}

describe('what a client is told', () => {
  it('[REC1] is the quantised truth of what it may see, and nothing else, whatever was skipped, cut, resumed or viewed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 80 }), async (commands) => {
        const session = new Session()
        await session.start()
        for (const one of commands) session.run(one)
        for (const member of session.members) {
          session.run({ do: 'resume', seat: member.seat, forgotten: false })
          member.ack()
        }
        session.run({ do: 'snapshot', times: 1 })
        expect(session.harness.errors).toEqual([])
      }),
      { numRuns: 120 },
    )
    // Far below this on an idle machine; beside many other tests it may take its time.
  }, 60_000)
})
