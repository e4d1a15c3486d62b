import { layoutOf } from '@tickwire/protocol/internal'
import type { HeldEntity } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { EntityHistory } from '../../../sdk/src/interpolation/history.ts'
import { flyerSchema } from '../flyer.ts'

const rock = layoutOf(flyerSchema).kindByName.get('rock')!

/** What a replica holds after a snapshot that brought an anchor of `tick` with this x. */
function held(tick: number, x: number): HeldEntity {
  const row = new Int32Array(rock.tracks.all.size)
  row[0] = x
  const nothing = { tick: -1, row: new Int32Array(rock.tracks.owner.size) }
  return { id: 5, slot: 5, kind: rock, anchors: { all: { tick, row }, owner: nothing, revealed: nothing }, blobs: [] }
}

const xAt = (history: EntityHistory, tick: number): number => history.at(tick).anchors.all.row[0]!

describe('the history of an entity', () => {
  it('says what was held at each tick', () => {
    const history = new EntityHistory(3, held(3, 10))
    history.add(6, held(6, 20))
    history.add(12, held(12, 30))
    expect([3, 5, 6, 11, 12, 99].map((tick) => xAt(history, tick))).toEqual([10, 10, 20, 20, 30, 30])
  })

  it('says the first of the time before it', () => {
    expect(xAt(new EntityHistory(3, held(3, 10)), 1)).toBe(10)
  })

  it('keeps a copy: the replica goes on changing its own', () => {
    const live = held(3, 10)
    const history = new EntityHistory(3, live)
    live.anchors.all.row[0] = 99
    expect(xAt(history, 3)).toBe(10)
  })

  it('costs nothing while nothing is told of the entity', () => {
    const history = new EntityHistory(3, held(3, 10))
    expect(history.add(6, held(3, 10))).toBe(false)
    expect(history.add(9, held(9, 20))).toBe(true)
  })

  it('forgets what the picture does not need any more, but never what it stands on', () => {
    const history = new EntityHistory(3, held(3, 10))
    history.add(6, held(6, 20))
    history.add(9, held(9, 30))
    history.forgetBefore(8)
    expect(history.firstTick).toBe(6)
    expect(xAt(history, 8)).toBe(20)
    history.forgetBefore(100)
    expect(xAt(history, 100)).toBe(30)
  })
})
