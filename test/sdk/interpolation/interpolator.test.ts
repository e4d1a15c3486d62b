import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { BitReader, replicaOf } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { RemoteEntities } from '../../../sdk/src/interpolation/remote-entities.ts'
import { Interpolator } from '../../../sdk/src/interpolation/interpolator.ts'
import { EntityViews } from '../../../sdk/src/view/views.ts'
import { Authority } from '../authority.ts'

const place = field.fixed({ min: 0, max: 1000, precision: 1 / 16 })
const speed = field.fixed({ min: -500, max: 500, precision: 1 / 16 })
const schema = defineGame({
  name: 'pictures',
  tickRateHz: 60,
  snapshotRateHz: 20,
  entities: {
    mover: entity(
      {
        x: place,
        vx: speed,
        angle: field.angle({ bits: 10 }),
        hp: field.uint({ max: 9 }),
        tag: field.text({ maxBytes: 8 }),
      },
      { rates: { x: 'vx' } },
    ),
    rock: entity({ x: place }),
  },
})
interface Pictures extends TypesOf<typeof schema> {}
const game = defineSimulation<Pictures>(schema, (world) => {
  for (const mover of world.all('mover')) mover.x += mover.vx * world.dt
})

const SEAT = 0

/** A reader that draws what an authority tells, snapshot by snapshot. */
class Picture {
  readonly authority = new Authority(game)
  readonly views = new EntityViews(this.authority.codec.layout, SEAT)
  private readonly replica = replicaOf(this.authority.codec.layout, this.authority.codec.packer)
  private readonly interpolator = new Interpolator(this.replica, 60, 3, this.authority.codec.layout.maxColumns)
  private readonly remote = new RemoteEntities(this.views, this.interpolator)
  oldestTick = 0

  /** Runs the server up to a tick without telling anybody. */
  skipTo(tick: number): void {
    while (this.authority.tick < tick) this.authority.step()
  }

  /** Runs the server up to a tick and tells of each snapshot on the way. */
  runTo(tick: number): void {
    while (this.authority.tick < tick) {
      this.authority.step()
      if (this.authority.tick % 3 === 0) this.receive()
    }
  }

  receive(): void {
    const { tick } = this.authority
    const reader = new BitReader(this.authority.snapshot(SEAT))
    // Channel, header.
    reader.skipBits(40, 'header')
    this.replica.begin()
    this.replica.readTrack(reader, 'all', tick)
    this.replica.commit()
    this.interpolator.addSnapshot(tick)
    const held = [...this.replica.entities.values()].filter(({ kind }) => kind !== this.authority.codec.layout.room)
    this.remote.receive(tick, held, this.oldestTick)
  }

  draw(tick: number, elapsedMs = 0): void {
    this.remote.draw(tick, elapsedMs)
  }

  shown(kind: 'mover' | 'rock'): Record<string, unknown>[] {
    return [...this.views.ofKind(kind)].map(({ fields }) => fields)
  }
}

function withMover(fields: object = {}): Picture {
  const picture = new Picture()
  picture.authority.spawn('mover', { x: 100, vx: 60, ...fields })
  picture.runTo(3)
  return picture
}

describe('an entity of others', () => {
  it('is shown between two snapshots where it was then', () => {
    const picture = withMover()
    picture.runTo(9)
    for (const tick of [3, 4, 4.5, 7.25, 9]) {
      picture.draw(tick)
      expect(picture.shown('mover')[0]!['x']).toBeCloseTo(100 + tick, 5)
    }
  })

  it('turns the short way and counts in steps', () => {
    const picture = withMover({ angle: 3.1, hp: 9 })
    const [mover] = [...picture.authority.all('mover')]
    Object.assign(mover!, { angle: -3.1, hp: 5, tag: 'hurt' })
    picture.runTo(6)
    picture.draw(4.5)
    expect(Math.abs(picture.shown('mover')[0]!['angle'] as number)).toBeGreaterThan(3.1)
    expect(picture.shown('mover')[0]).toMatchObject({ hp: 9, tag: '' })
    picture.draw(6)
    expect(picture.shown('mover')[0]).toMatchObject({ hp: 5, tag: 'hurt' })
  })

  it('in the first snapshot is there at once, later ones enter when the picture reaches them', () => {
    const picture = withMover()
    expect(picture.shown('mover')).toHaveLength(1)
    expect(picture.shown('mover')[0]).toMatchObject({ x: 103, vx: 60 })
    picture.authority.spawn('rock', { x: 5 })
    picture.runTo(6)
    picture.draw(5.9)
    expect(picture.shown('rock')).toEqual([])
    picture.draw(6)
    expect(picture.shown('rock')).toHaveLength(1)
  })

  it('leaves when the picture has reached the snapshot without it', () => {
    const picture = withMover()
    picture.runTo(6)
    picture.draw(5)
    for (const mover of picture.authority.all('mover')) picture.authority.despawn(mover)
    picture.runTo(9)
    picture.draw(8.9)
    expect(picture.shown('mover')).toHaveLength(1)
    picture.draw(9)
    expect(picture.shown('mover')).toEqual([])
  })

  it('that lives between two frames of the picture is never shown', () => {
    const picture = withMover()
    const rock = picture.authority.spawn('rock', { x: 5 })
    picture.runTo(6)
    picture.authority.despawn(rock)
    picture.runTo(9)
    picture.draw(10)
    expect(picture.shown('rock')).toEqual([])
  })

  it('whose slot is taken again is another one', () => {
    const picture = withMover()
    const rock = picture.authority.spawn('rock', { x: 5 })
    picture.runTo(6)
    picture.draw(6)
    const [old] = picture.shown('rock')
    picture.authority.despawn(rock)
    picture.authority.spawn('rock', { x: 50 })
    picture.runTo(9)
    picture.draw(8)
    expect(picture.shown('rock')[0]).toBe(old)
    picture.draw(9)
    expect(picture.shown('rock')).toHaveLength(1)
    expect(picture.shown('rock')[0]).not.toBe(old)
    expect(picture.shown('rock')[0]).toMatchObject({ x: 50 })
  })

  it('goes on by its rule when no news comes, for a third of a second, then holds', () => {
    const picture = withMover()
    picture.draw(13)
    expect(picture.shown('mover')[0]!['x']).toBeCloseTo(113, 5)
    picture.draw(24)
    expect(picture.shown('mover')[0]!['x']).toBeCloseTo(124, 5)
    picture.draw(60)
    expect(picture.shown('mover')[0]!['x']).toBeCloseTo(124, 5)
  })

  it('slides to where it was when the news comes after it was drawn by guess', () => {
    const picture = withMover()
    picture.draw(12)
    for (const mover of picture.authority.all('mover')) mover.vx = 0
    picture.runTo(15)
    const trace: number[] = []
    for (let tick = 12; tick < 60; tick++) {
      picture.draw(Math.min(tick, 15), 16)
      trace.push(picture.shown('mover')[0]!['x'] as number)
    }
    // It stood at 103 all the time and was drawn at 112.
    expect(trace[0]).toBeGreaterThan(110)
    expect(trace.at(-1)).toBeCloseTo(103, 0)
    for (const [i, x] of trace.entries()) if (i > 0) expect(Math.abs(x - trace[i - 1]!)).toBeLessThan(1)
  })

  it('stays before a teleport and is behind it, never between', () => {
    const picture = withMover({ vx: 0 })
    const [mover] = [...picture.authority.all('mover')]
    mover!.x = 800
    picture.authority.teleport(mover!)
    picture.runTo(6)
    const trace = [3, 4, 5, 5.9, 6].map((tick) => {
      picture.draw(tick)
      return picture.shown('mover')[0]!['x']
    })
    expect(trace).toEqual([100, 100, 100, 100, 800])
  })

  it('that rested through a long gap starts at its end: nothing was sent because nothing changed', () => {
    const picture = withMover({ vx: 0 })
    picture.skipTo(299)
    for (const mover of picture.authority.all('mover')) mover.vx = 60
    picture.authority.step()
    picture.receive()
    picture.draw(290)
    expect(picture.shown('mover')[0]!['x']).toBe(100)
    picture.draw(297)
    expect(picture.shown('mover')[0]!['x']).toBe(100)
    picture.draw(300)
    expect(picture.shown('mover')[0]!['x']).toBeCloseTo(101, 1)
  })

  it('in a short gap, as when the link is full, moves evenly across it', () => {
    const picture = withMover({ vx: 0 })
    for (const mover of picture.authority.all('mover')) mover.vx = 60
    picture.skipTo(12)
    picture.receive()
    for (const tick of [4, 6, 9, 11]) {
      picture.draw(tick)
      expect(picture.shown('mover')[0]!['x']).toBeCloseTo(100 + (tick - 3), 1)
    }
  })
})
