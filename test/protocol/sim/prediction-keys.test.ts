import { describe, expect, it } from 'vitest'
import { drawRandom, emitterOf, PredictionCounts, seatOf } from '@tickwire/protocol/internal'

describe('prediction counts', () => {
  it('number the spawns of each seat for themselves', () => {
    const counts = new PredictionCounts()
    expect([counts.nextSpawn(3), counts.nextSpawn(7), counts.nextSpawn(3), counts.nextSpawn(null)]).toEqual([
      0, 0, 1, 0,
    ])
  })

  it('number each event of each emitter for itself', () => {
    const counts = new PredictionCounts()
    expect([counts.nextEvent(0, 3), counts.nextEvent(1, 3), counts.nextEvent(0, 3), counts.nextEvent(0, 4)]).toEqual([
      0, 0, 1, 0,
    ])
  })

  it('start again with each tick, so that a replayed tick makes the same keys', () => {
    const counts = new PredictionCounts()
    const once = (): number[] => {
      counts.begin()
      return [
        counts.nextSpawn(1),
        counts.nextSpawn(1),
        counts.nextEvent(2, 1),
        counts.nextDraw(1),
        counts.nextDraw(null),
      ]
    }
    expect(once()).toEqual(once())
  })
})

describe('the emitter of an event', () => {
  it('is the owner of the entity that it happens at', () => {
    expect(emitterOf({ owner: 9 }, { at: { x: 0, y: 0, owner: 2 } as { x: number; y: number } })).toBe(2)
  })

  it('is nobody when it happens at an entity of nobody, whoever the payload belongs to', () => {
    expect(emitterOf({ owner: 9 }, { at: { x: 0, y: 0, owner: null } as { x: number; y: number } })).toBeNull()
  })

  it('is the owner of the payload when the place is no entity', () => {
    expect(emitterOf({ owner: 9 }, { at: { x: 0, y: 0 } })).toBe(9)
    expect(emitterOf({ owner: 9 }, undefined)).toBe(9)
  })

  it('is nobody without an owner anywhere', () => {
    expect(emitterOf({ x: 1 }, undefined)).toBeNull()
  })
})

describe('the seat behind an owner option', () => {
  it('is a number, the id of a player, or nobody', () => {
    expect([seatOf(4), seatOf({ id: 5 }), seatOf(null), seatOf(undefined)]).toEqual([4, 5, null, null])
  })
})

describe('simulation randomness', () => {
  it('depends on seed, tick, owner and the number of the draw, and on nothing else', () => {
    const draw = drawRandom(1, 2, 3, 0)
    expect(drawRandom(1, 2, 3, 0)).toBe(draw)
    const others = [drawRandom(2, 2, 3, 0), drawRandom(1, 3, 3, 0), drawRandom(1, 2, null, 0), drawRandom(1, 2, 3, 1)]
    for (const other of others) expect(other).not.toBe(draw)
  })
})
