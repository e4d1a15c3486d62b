/** Rules of docs/protocol.md about sparse tracks; both readers must agree on them. */
import { describe, expect, it } from 'vitest'
import { CORPUS } from './corpus.ts'
import { changesOf, DOT, dotAt, few, no, PLAIN_ROCK, ROCK, snapshotOf, SPARSE, u, v, withDot, yes } from './frames.ts'
import type { Piece } from './frames.ts'
import { Pair } from './pair.ts'
import type { Outcome } from './pair.ts'
import type { Frame } from './recorder.ts'
import { fromHex } from './shown.ts'

/** What tells a pair that holds a dot in slot 0, as of tick 101, of a later tick. */
function told(vx: number, x: number, tick: number, ...all: readonly Piece[]): Outcome {
  return withDot(vx, x).read('server', snapshotOf({ seq: 2, tick, flags: SPARSE, all }))
}
const NONE = few(0)
/** A place among so many, or a slot of so many, as the first of a list of one. */
const named = (place: number, of: number): Piece[] => golomb(Math.max(0, Math.ceil(Math.log2(of)) - 1), place)
/** A newcomer's head, and that it is like none before. */
const newcomer = (slot: number, kind: number): Piece[] => [...named(slot, 1), u(2, kind), v(2, 0)]
const LIKE = yes
/** A number in the code of a gap. */
function golomb(k: number, value: number): Piece[] {
  const width = Math.floor(Math.log2(value + 2 ** k))
  return [...Array.from({ length: width - k }, () => yes), no, u(width, value + 2 ** k - 2 ** width)]
}
/** The dot flies by so much faster, and else is where it is expected. */
const faster = (k: number, by: number): Piece[] => {
  const led = [no, yes, ...golomb(k, 2 * by - 1), no]
  return [NONE, few(1), ...named(0, 1), ...led, NONE]
}
const dot = (...columns: readonly unknown[]): unknown => [expect.any(Number), 'dot', { all: columns }]
const rock = [expect.any(Number), 'rock', expect.anything()]

describe('a sparse track', () => {
  it('[SNP8] names what is held by its place, and what is new by its slot', () => {
    const pair = withDot(0, 80)
    const arrival = [NONE, NONE, few(1), ...newcomer(9, ROCK), ...PLAIN_ROCK]
    expect(changesOf(pair.read('server', snapshotOf({ seq: 2, tick: 102, flags: SPARSE, all: arrival })))).toEqual([
      rock,
    ])
    // The rock is the second of two, in slot 9.
    const removal = [few(1), ...named(1, 2), NONE, NONE]
    const outcome = pair.read('server', snapshotOf({ seq: 3, tick: 103, flags: SPARSE, all: removal }))
    expect(outcome).not.toBe('refused')
    expect(pair.read('server', snapshotOf({ seq: 4, tick: 104, flags: SPARSE, all: removal }))).toBe('refused')
  })

  it('[SNP8] refuses a place behind the last, what was just removed included', () => {
    const still = [no, no, no]
    expect(told(0, 80, 102, NONE, few(1), ...named(0, 1), ...still, NONE)).not.toBe('refused')
    expect(told(0, 80, 102, NONE, few(1), ...named(1, 1), ...still, NONE)).toBe('refused')
    expect(told(0, 80, 102, few(1), ...named(0, 1), few(1), ...named(0, 1), ...still, NONE)).toBe('refused')
  })

  it('[SNP8] tells whole what nobody knows the anchor of', () => {
    const all = [NONE, few(1), ...named(0, 1), yes, ...dotAt(-8, 40), NONE]
    expect(changesOf(told(0, 80, 102, ...all))).toEqual([dot(-8, 40, 0, 0, 0, '')])
  })

  it('[SNP8] has newcomers that are like the last of their kind before them, but rest', () => {
    const model = [few(1), ...named(0, 1), yes, ...dotAt(-8, 40)]
    const same = [no, no]
    const alike = [NONE, ...model, few(1), ...newcomer(5, DOT), LIKE, ...same]
    expect(changesOf(told(0, 80, 102, ...alike))).toEqual([dot(-8, 40, 0, 0, 0, ''), dot(-8, 40, 0, 0, 0, '')])
    // Without a model there is no bit that says so.
    const alone = [NONE, NONE, few(1), ...newcomer(5, DOT), ...dotAt(-8, 40)]
    expect(changesOf(told(0, 80, 102, ...alone))).toEqual([dot(-8, 40, 0, 0, 0, '')])
  })

  it('[REC10] expects what is moved half way between the old velocity and the new one', () => {
    // From 0 to 8 steps a second in 4 ticks of a tenth: not 4 * 0.8 steps, but (0 * 3 + 8 * 5) / 2 tenths.
    expect(changesOf(told(0, 80, 105, ...faster(4, 8)))).toEqual([dot(8, 82, 0, 0, 0, '')])
  })

  it('[REC10] codes misses the wider the longer the way was', () => {
    // A dot's vx has 7 bits: k is 1 over one tick, and 4 from two ticks on.
    expect(changesOf(told(0, 80, 102, ...faster(1, 2)))).toEqual([dot(2, 80, 0, 0, 0, '')])
    expect(changesOf(told(0, 80, 103, ...faster(4, 2)))).toEqual([dot(2, 80, 0, 0, 0, '')])
    expect(told(0, 80, 103, ...faster(1, 2))).not.toEqual(told(0, 80, 103, ...faster(4, 2)))
  })

  it('[SNP2] of bent bits is taken or refused, as one', () => {
    const { frames } = CORPUS.find(({ name }) => name === 'swarm')!
    const isSparse = ({ messages }: Frame): boolean =>
      (messages[0] as { readonly isSparse?: boolean }).isSparse === true
    const at = frames.findIndex((frame, i) => i > 20 && isSparse(frame))
    const sparse = fromHex(frames[at]!.hex)
    let taken = 0
    for (let bit = 16; bit < 8 * sparse.length; bit += 3) {
      const pair = new Pair()
      for (const { from, hex } of frames.slice(0, at)) pair.read(from, fromHex(hex))
      const bent = Uint8Array.from(sparse)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      if (pair.read('server', bent) !== 'refused') taken++
      else expect(pair.read('server', sparse)).not.toBe('refused')
    }
    expect(taken).toBeGreaterThan(0)
  })
})
