/** Rules of docs/protocol.md about snapshots, one record each; both readers must agree on it. */
import { describe, expect, it } from 'vitest'
import { bits } from './decoder/parts.ts'
import {
  catchUp,
  changesOf,
  count,
  DELTA,
  DOT,
  dotAt,
  few,
  first,
  full,
  head,
  joined,
  KNOWN,
  looseOf,
  no,
  NOTHING,
  PLAIN_ROCK,
  put,
  removal,
  ROCK,
  snapshotOf,
  STILL,
  u,
  update,
  v,
  withDot,
  yes,
} from './frames.ts'
import type { Piece } from './frames.ts'
import type { Outcome } from './pair.ts'

const rock = (...record: readonly Piece[]): Uint8Array => snapshotOf({ seq: 1, tick: 101, all: update(...record) })
/** The dot in slot 0 as a snapshot shows it. */
const dot = (...columns: readonly unknown[]): unknown => [[expect.any(Number), 'dot', { all: columns }]]

describe('the head of a snapshot', () => {
  const headed = (seq: number, tick: number): unknown => joined().read('server', snapshotOf({ seq, tick }))

  it('[SNP1] is widened from 0 and the tick of the join on, never below 0, and rises', () => {
    expect(headed(1, 101)).toMatchObject([{ seq: 1, tick: 101 }])
    expect(headed(0, 101)).toBe('refused')
    expect(headed(1, 99)).toBe('refused')
    expect(headed(1, 100)).toMatchObject([{ tick: 100 }])
    expect(headed(1, 65_500)).toMatchObject([{ tick: 65_500 }])
    const pair = joined()
    for (const seq of [30_000, 60_000, 66_000]) {
      expect(pair.read('server', snapshotOf({ seq, tick: seq }))).toMatchObject([{ seq, tick: seq }])
    }
    expect(pair.read('server', snapshotOf({ seq: 66_000, tick: 66_001 }))).toBe('refused')
    expect(pair.read('server', snapshotOf({ seq: 66_001, tick: 65_999 }))).toBe('refused')
  })

  it('[SNP3] tells slack as two s complement, ticks without an input, and that something was left out', () => {
    const flags = [yes, yes, no, yes, yes, u(16, 0xff80), u(8, 255)]
    expect(joined().read('server', snapshotOf({ seq: 1, tick: 101, flags }))).toMatchObject([
      { isPartial: true, slackTicks: -0.5, starvedTicks: 255 },
    ])
  })

  it('[SNP2] of a broken snapshot leaves nothing behind', () => {
    const pair = withDot(0, 80)
    const broken = [count(1), ...first(0), count(1), ...first(5), ...full(0), ...head(9, 0)]
    expect(pair.read('server', snapshotOf({ seq: 2, tick: 102, all: broken }))).toBe('refused')
    expect(pair.read('server', snapshotOf({ seq: 2, tick: 102 }))).toMatchObject([{ seq: 2 }])
    expect(changesOf(pair.read('server', snapshotOf({ seq: 3, tick: 103 })))).toMatchObject([{ seq: 3 }])
  })
})

describe('an anchor', () => {
  it('[REC1] [REC2] moves on by its rate without a word, and stops at its wall', () => {
    const pair = withDot(-15, 10)
    const x = (tick: number): unknown => changesOf(pair.read('server', snapshotOf({ seq: tick - 100, tick })))
    // 10 steps and a half, less 1.5 per tick: 9, 7.5, 6 ...
    expect(x(102)).toEqual(dot(-15, 9, 0, 0, 0, ''))
    expect(x(103)).toEqual(dot(-15, 7, 0, 0, 0, ''))
    expect(x(200)).toEqual(dot(-15, 0, 0, 0, 0, ''))
  })

  it('[REC3] is replaced by a full record, and the entity stays the same', () => {
    const pair = withDot(0, 80)
    const owner = update(...full(0), yes, yes, u(5, 9))
    expect(changesOf(pair.read('server', snapshotOf({ seq: 2, tick: 102, owner })))).toMatchObject([
      [7 * 65_536, 'dot', { owner: [9] }],
    ])
    const again = update(...full(0), ...head(DOT, 7), ...dotAt(0, 90))
    expect(changesOf(pair.read('server', snapshotOf({ seq: 3, tick: 103, all: again })))).toEqual([
      [7 * 65_536, 'dot', { all: [0, 90, 0, 0, 0, ''], owner: [9] }],
    ])
    const known = update(...full(0), ...KNOWN, ...dotAt(0, 91))
    expect(changesOf(pair.read('server', snapshotOf({ seq: 4, tick: 104, all: known })))).toEqual([
      [7 * 65_536, 'dot', { all: [0, 91, 0, 0, 0, ''], owner: [9] }],
    ])
  })

  it('[REC4] goes forward only, and is not from before the first tick', () => {
    const catching = (age: number): Uint8Array => {
      const hidden = [no, put(bits(4), 5), no, no, v(4, 0), u(4, 8), yes]
      const all = update(...catchUp(age), yes, no, u(3, 0), no, ...hidden)
      return snapshotOf({ seq: 2, tick: 104, all })
    }
    expect(changesOf(withDot(0, 80).read('server', catching(3)))).toEqual(dot(-1, 80, 0, 0, 0, ''))
    expect(withDot(0, 80).read('server', catching(4))).toBe('refused')
    expect(joined().read('server', rock(...full(102), ...head(ROCK, 0), ...PLAIN_ROCK))).toBe('refused')
    expect(joined().read('server', rock(...full(101), ...head(ROCK, 0), ...PLAIN_ROCK))).not.toBe('refused')
  })

  it('[REC5] expects what is moved by the velocity that was read, for all of the time', () => {
    const pair = withDot(0, 80)
    // vx becomes 20: near holds 3 bits, far 6 of zigzag(20) - 1. Three ticks at 2 steps: 86, and right.
    const all = update(...DELTA, yes, yes, no, u(6, 39), no)
    expect(changesOf(pair.read('server', snapshotOf({ seq: 2, tick: 104, all })))).toEqual(dot(20, 86, 0, 0, 0, ''))
  })

  it('[REC6] learns a trend from a miss, and the border that was crossed', () => {
    const pair = withDot(0, 80)
    // vx missed by 2 in one tick: a change of 32/16. Then it goes on: 4, and x by the velocity at the end.
    const all = update(...DELTA, yes, no, u(3, 3), no)
    expect(changesOf(pair.read('server', snapshotOf({ seq: 2, tick: 102, all })))).toEqual(dot(2, 80, 0, 0, 0, ''))
    expect(changesOf(pair.read('server', snapshotOf({ seq: 3, tick: 103 })))).toEqual(dot(4, 81, 0, 0, 0, ''))
    // In the same tick it is told to have stayed at 2: what did not move has no trend, and x has gone less far.
    const back = update(...DELTA, yes, no, u(3, 2), no)
    expect(changesOf(pair.read('server', snapshotOf({ seq: 4, tick: 103, all: back })))).toEqual(
      dot(2, 80, 0, 0, 0, ''),
    )
    expect(changesOf(pair.read('server', snapshotOf({ seq: 5, tick: 104 })))).toEqual(dot(2, 81, 0, 0, 0, ''))
  })

  it('[REC9] of an angle differs the short way round', () => {
    const all = update(...DELTA, no, yes, no, yes, no, u(4, 4), no)
    expect(changesOf(withDot(0, 80).read('server', snapshotOf({ seq: 2, tick: 102, all })))).toEqual(
      dot(0, 80, 253, 0, 0, ''),
    )
  })
})

describe('a record', () => {
  it('[REC7] needs what it leads on from', () => {
    const outcome = (told: Partial<Parameters<typeof snapshotOf>[0]>): unknown =>
      withDot(0, 80).read('server', snapshotOf({ seq: 2, tick: 102, ...told }))
    const still = [...DELTA, ...STILL]
    const known = [...full(0), ...KNOWN, ...dotAt(0, 1)]
    expect(outcome({ all: update(...known) })).not.toBe('refused')
    expect(outcome({ all: [count(0), count(1), ...first(2), ...known] })).toBe('refused')
    expect(outcome({ all: [count(1), ...first(0), count(1), ...first(0), ...known] })).toBe('refused')
    expect(outcome({ all: update(...still) })).not.toBe('refused')
    expect(outcome({ all: [count(0), count(1), ...first(2), ...still] })).toBe('refused')
    expect(outcome({ all: [count(1), ...first(0), count(1), ...first(0), ...still] })).toBe('refused')
    expect(outcome({ owner: update(...DELTA, no) })).toBe('refused')
    expect(outcome({ owner: update(...full(0), no) })).not.toBe('refused')
    expect(outcome({ all: removal, owner: update(...full(0), no) })).toBe('refused')
    const reborn = [count(1), ...first(0), count(1), ...first(0), ...full(0), ...head(DOT, 8), ...dotAt(0, 1)]
    expect(outcome({ all: reborn, owner: update(...full(0), no) })).not.toBe('refused')
    const stone = update(...full(0), ...head(ROCK, 0), ...PLAIN_ROCK)
    expect(outcome({ all: stone, owner: update(...full(0)) })).toBe('refused')
  })

  it('[REC8] of another generation or kind makes another entity; slots rise, and end', () => {
    const pair = withDot(0, 80)
    const owner = update(...full(0), yes, yes, u(5, 9))
    expect(pair.read('server', snapshotOf({ seq: 2, tick: 102, owner }))).not.toBe('refused')
    const other = update(...full(0), ...head(DOT, 8), ...dotAt(0, 81))
    expect(changesOf(pair.read('server', snapshotOf({ seq: 3, tick: 103, all: other })))).toEqual([
      [8 * 65_536, 'dot', { all: [0, 81, 0, 0, 0, ''] }],
    ])
    expect(changesOf(pair.read('server', snapshotOf({ seq: 4, tick: 104, all: removal })))).toEqual([[0, 'gone']])
    expect(pair.read('server', snapshotOf({ seq: 5, tick: 105, all: removal }))).not.toBe('refused')
    const far = (slot: number): Piece[] => [
      count(0),
      count(1),
      ...first(slot),
      ...full(0),
      ...head(ROCK, 0),
      ...PLAIN_ROCK,
    ]
    expect(pair.read('server', snapshotOf({ seq: 6, tick: 106, all: far(65_535) }))).toBe('refused')
    expect(changesOf(pair.read('server', snapshotOf({ seq: 6, tick: 106, all: far(65_534) })))).toMatchObject([
      [65_534, 'rock', {}],
    ])
  })

  it('[VAL1] [VAL2] holds values of its columns', () => {
    const heated = (pattern: number): Outcome =>
      joined().read('server', rock(...full(0), ...head(ROCK, 0), yes, u(32, pattern), no))
    expect(changesOf(heated(0x3f80_0000))).toEqual([[0, 'rock', { all: [0x3f80_0000, 0, 0] }]])
    expect(heated(0x7f80_0000)).toBe('refused')
    const moved = update(...DELTA, no, yes, yes, yes, yes, u(9, 511), no, no)
    expect(withDot(0, 80).read('server', snapshotOf({ seq: 2, tick: 102, all: moved }))).not.toBe('refused')
    const beyond = update(...DELTA, no, yes, yes, no, u(1, 0), no, no)
    expect(withDot(0, 0).read('server', snapshotOf({ seq: 2, tick: 102, all: beyond }))).toBe('refused')
  })
})

describe('keys and events', () => {
  const told = (keys: readonly Piece[], events: readonly Piece[]): unknown =>
    joined().read('server', snapshotOf({ seq: 1, tick: 101, all: NOTHING, keys, events }))

  it('[EVT1] of a spawn name slot, tick and number', () => {
    expect(told([few(1), u(16, 9), v(4, 3), v(2, 2)], [few(0)])).toMatchObject([
      { spawnKeys: [{ slot: 9, tick: 98, n: 2 }] },
    ])
    expect(told([few(1), u(16, 65_535), v(4, 3), v(2, 2)], [few(0)])).toBe('refused')
    expect(told([few(1), u(16, 9), v(4, 102), v(2, 2)], [few(0)])).toBe('refused')
    expect(told([few(1), u(16, 9), v(4, 3), v(2, 65_536)], [few(0)])).toBe('refused')
  })

  it('[EVT2] of what was predicted have a number, others have none', () => {
    const bang = [u(2, 0), yes, v(4, 1), v(2, 4), yes]
    const puff = [u(2, 1), no, v(4, 0)]
    expect(told([few(0)], [few(2), ...bang, ...puff])).toMatchObject([
      {
        events: [
          { event: 0, tick: 100, n: 4, payload: { loud: true } },
          { event: 1, tick: 101, n: null, payload: {} },
        ],
      },
    ])
    expect(told([few(0)], [few(1), u(2, 3), no, v(4, 0)])).toBe('refused')
    expect(told([few(0)], [few(1025), ...Array.from({ length: 1025 }, () => puff).flat()])).toBe('refused')
  })
})

describe('a snapshot that may be lost', () => {
  const dots = (vx: number, x: number): Piece[] => update(...full(0), ...head(DOT, 7), ...dotAt(vx, x))
  /** One that holds a dot as of tick 101. */
  const withLooseDot = () => {
    const pair = joined()
    expect(changesOf(pair.read('server', looseOf({ back: 0, seq: 1, tick: 101, all: dots(0, 80) })))).toHaveLength(1)
    return pair
  }

  it('[LSE1] leads on from the one that it names, and not from what came after that', () => {
    const pair = withLooseDot()
    expect(changesOf(pair.read('server', looseOf({ back: 1, seq: 2, tick: 102, all: removal })))).toEqual([[0, 'gone']])
    // To whoever has read the first one only, the dot is still there.
    expect(changesOf(pair.read('server', looseOf({ back: 2, seq: 3, tick: 103 })))).toEqual(dot(0, 80, 0, 0, 0, ''))
    expect(changesOf(pair.read('server', looseOf({ back: 0, seq: 4, tick: 104 })))).toEqual([[0, 'gone']])
  })

  it('[LSE2] names one that is kept: not one that never came, nor one from before the newest that was named', () => {
    const pair = withLooseDot()
    expect(pair.read('server', looseOf({ back: 1, seq: 3, tick: 103 }))).toBe('refused')
    expect(pair.read('server', looseOf({ back: 3, seq: 4, tick: 104 }))).not.toBe('refused')
    expect(pair.read('server', looseOf({ back: 1, seq: 5, tick: 105 }))).not.toBe('refused')
    expect(pair.read('server', looseOf({ back: 5, seq: 6, tick: 106 }))).toBe('refused')
    expect(pair.read('server', looseOf({ back: 33, seq: 37, tick: 107 }))).toBe('refused')
  })

  it('[LSE3] is ignored when it comes late', () => {
    const pair = withLooseDot()
    expect(pair.read('server', looseOf({ back: 1, seq: 2, tick: 102 }))).not.toBe('refused')
    const late = [{ type: 'looseSnapshot', channel: 1, isLate: true }]
    expect(pair.read('server', looseOf({ back: 0, seq: 2, tick: 102, all: removal }))).toEqual(late)
    expect(pair.read('server', looseOf({ back: 0, seq: 3, tick: 101 }))).toEqual(late)
    expect(changesOf(pair.read('server', looseOf({ back: 1, seq: 3, tick: 103 })))).toMatchObject([{ seq: 3 }])
  })

  it('[LSE4] tells events by number until they were heard', () => {
    const pair = joined()
    const puff = [u(2, 1), no, v(4, 0)]
    const heard = (seq: number, firstEvent: number, count_: number): unknown => {
      const events = [few(count_), ...Array.from({ length: count_ }, () => puff).flat()]
      const read = pair.read('server', looseOf({ back: 0, seq, tick: 100 + seq, firstEvent, events }))
      return (read[0] as unknown as { readonly events?: readonly unknown[] }).events?.length ?? 0
    }
    expect(heard(1, 1, 2)).toBe(2)
    expect(heard(2, 1, 3)).toBe(1)
    expect(heard(3, 1, 3)).toBe(0)
    expect(heard(4, 4, 0)).toBe(0)
    expect(heard(5, 6, 2)).toBe(2)
    expect(heard(6, 3, 5)).toBe(0)
  })
})
