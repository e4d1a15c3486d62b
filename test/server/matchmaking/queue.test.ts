import { ConfigError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineQueue } from '../../../server/src/matchmaking/queue.ts'
import type { QueueOptions } from '../../../server/src/matchmaking/queue.ts'
import { limitAfter } from '../../../server/src/matchmaking/widening.ts'
import { RANKED } from './crowd.ts'

describe('defineQueue', () => {
  const duel: QueueOptions = { name: 'duel', teams: { count: 2, min: 1, max: 1 } }
  const width = (...points: [number, number][]) => ({ window: points.map(([afterMs, w]) => ({ afterMs, width: w })) })
  const limit = (...points: [number, number][]) => ({
    regions: ['eu'],
    limit: points.map(([afterMs, maxMs]) => ({ afterMs, maxMs })),
  })

  it.each<[string, unknown]>([
    ['defineQueue', null],
    ['defineQueue', { ...duel, skil: {} }],
    ['name', { ...duel, name: '' }],
    ['name', { ...duel, name: 'x'.repeat(65) }],
    ['teams', { name: 'none' }],
    ['freeForAll', { ...duel, freeForAll: { min: 2, max: 4 } }],
    ['teams.count', { name: 'one', teams: { count: 1, min: 2, max: 2 } }],
    ['teams.min', { name: 'zero', teams: { count: 2, min: 0, max: 2 } }],
    ['teams.max', { name: 'less', teams: { count: 2, min: 3, max: 2 } }],
    ['freeForAll.max', { name: 'less', freeForAll: { min: 3, max: 2.5 } }],
    ['freeForAll', { name: 'army', freeForAll: { min: 2, max: 1001 } }],
    ['fullForMs', { ...duel, fullForMs: -1 }],
    ['accept.timeoutMs', { ...duel, accept: { timeoutMs: 0 } }],
    ['skill.window', { ...duel, skill: { window: 5 } }],
    ['skill.window', { ...duel, skill: width() }],
    ['skill.window[0].afterMs', { ...duel, skill: width([1, 5]) }],
    ['skill.window[1].afterMs', { ...duel, skill: width([0, 5], [0, 6]) }],
    ['skill.window[1]', { ...duel, skill: width([0, 5], [10, 4]) }],
    ['skill.window[0].width', { ...duel, skill: width([0, Number.NaN]) }],
    ['skill.perSigma', { ...duel, skill: { ...width([0, 5]), perSigma: -1 } }],
    ['latency.regions', { ...duel, latency: { ...limit([0, 50]), regions: [] } }],
    ['latency.regions', { ...duel, latency: { ...limit([0, 50]), regions: ['eu', 'eu'] } }],
    ['latency.limit', { ...duel, latency: { regions: ['eu'] } }],
    ['latency.limit[0]', { ...duel, latency: limit([0, 0.5]) }],
    ['attributes.mode', { ...duel, attributes: { mode: 'same' } }],
  ])('names %s when it cannot work', (option, options) => {
    expect(() => defineQueue(options as QueueOptions)).toThrow(ConfigError)
    expect(() => defineQueue(options as QueueOptions)).toThrow(expect.objectContaining({ option }))
  })

  it('makes whole numbers of widths, and one team of a free-for-all', () => {
    expect(defineQueue(RANKED).skill!.window.map(({ value }) => value)).toEqual([500, 10_000])
    expect(defineQueue({ name: 'brawl', freeForAll: { min: 2, max: 8 } })).toMatchObject({
      teams: { count: 1, min: 2, max: 8 },
      skill: null,
      latency: null,
      acceptMs: null,
    })
  })
})

describe('a limit that widens', () => {
  it('is on the line between its points, rounded down, and constant behind the last', () => {
    const points = [
      { afterMs: 0, value: 10 },
      { afterMs: 100, value: 11 },
      { afterMs: 200, value: 41 },
    ]
    expect([0, 99, 100, 150, 151, 200, 1e12].map((ms) => limitAfter(points, ms))).toEqual([10, 10, 11, 26, 26, 41, 41])
  })
})
