/** A small game and packets for it, written from the page: what the tests of single rules are made of. */
import { NO_WISH } from '@tickwire/protocol/internal'
import { defineGame, entity, field } from '@tickwire/protocol'
import type { StandardSchema } from '@tickwire/protocol'
import { BitSink } from './decoder/bits.ts'
import { channel, MESSAGES } from './decoder/messages.ts'
import type { End, Item } from './decoder/messages.ts'
import { writePacket } from './decoder/packet.ts'
import { bits, bool, varuint } from './decoder/parts.ts'
import type { Part } from './decoder/parts.ts'
import { counted } from './decoder/tracks.ts'
import { Pair } from './pair.ts'
import type { Outcome } from './pair.ts'

const short: StandardSchema<string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'no text' }] }),
  },
}

/** At 10 Hz x moves by vx / 10 per tick: num 1, den 10. */
export const labSchema = defineGame({
  name: 'lab',
  tickRateHz: 10,
  snapshotRateHz: 10,
  entities: {
    dot: entity(
      {
        x: field.fixed({ min: 0, max: 64, precision: 1 / 8 }),
        vx: field.fixed({ min: -8, max: 8, precision: 1 / 8 }),
        turn: field.angle({ bits: 8 }),
        name: field.text({ maxBytes: 4 }),
        ammo: field.uint({ max: 30 }).to('owner'),
        card: field.uint({ max: 51 }).to('revealed'),
      },
      { rates: { x: 'vx' }, trend: ['vx', 'turn'] },
    ),
    rock: entity({ heat: field.f32() }),
  },
  input: { push: field.int({ min: -2, max: 4 }), jump: field.press() },
  events: { bang: { loud: field.bool() }, puff: {}, tick: { at: field.tick() } },
  messages: {
    say: { toServer: { text: field.text({ maxBytes: 8 }) }, toClient: { words: field.packed(short, { maxBytes: 9 }) } },
    pose: { toServer: { pose: field.quaternion({ bits: 9 }), heat: field.f32(), count: field.uint({ max: 5 }) } },
  },
})

export type Piece = (to: BitSink) => void

/** Values behind one another. */
export const put =
  <T>(part: Part<T>, value: T): Piece =>
  (to) =>
    part.write(to, value)
export const u = (width: number, value: number): Piece => put(bits(width), value)
export const v = (group: number, value: number): Piece => put(varuint(group), value)
export const yes: Piece = put(bool, true)
export const no: Piece = put(bool, false)
export const align: Piece = (to) => to.align()

export function bytesOf(...pieces: readonly Piece[]): Uint8Array {
  const to = new BitSink()
  for (const piece of pieces) piece(to)
  return to.toBytes()
}

/** A packet of one message. */
export function packetOf(end: End, name: string, ...pieces: readonly Piece[]): Uint8Array {
  return writePacket(end, [{ name, body: bytesOf(...pieces) }])
}

export const reliable = (end: End, seq: number, item: Item): Uint8Array =>
  packetOf(end, 'reliable', put(MESSAGES[end].reliable, { seq, item }))

const JOIN: Item = {
  type: 'join',
  channel: 1,
  verb: 'create',
  game: 'lab',
  hashes: Array.from({ length: 12 }, () => 0),
  room: '',
  reservation: '',
  wish: NO_WISH,
  join: new Uint8Array(0),
}

/** Two readers of a room that was joined at tick 100. */
export function joined(): Pair {
  const pair = new Pair([labSchema])
  pair.read('client', reliable('client', 1, JOIN))
  pair.read(
    'server',
    reliable('server', 1, { type: 'joined', channel: 1, roomId: 'r', epoch: 1, seat: 0, tick: 100, simulationSeed: 1 }),
  )
  return pair
}

/** What a snapshot holds; nothing where nothing is said. */
export interface Told {
  readonly seq: number
  readonly tick: number
  readonly flags?: readonly Piece[]
  readonly all?: readonly Piece[]
  readonly owner?: readonly Piece[]
  readonly revealed?: readonly Piece[]
  readonly keys?: readonly Piece[]
  readonly events?: readonly Piece[]
}

const NO_FLAGS = [no, no, no]
export const SPARSE: readonly Piece[] = [yes, yes, yes, no, no]
/** How many entities. */
export const count = (n: number): Piece => put(counted(4), n)
/** How many keys or events. */
export const few = (n: number): Piece => put(counted(2), n)
export const NOTHING: readonly Piece[] = [count(0), count(0)]
const NONE = [few(0)]

export function snapshotOf(told: Told): Uint8Array {
  const {
    seq,
    tick,
    flags = NO_FLAGS,
    all = NOTHING,
    owner = NOTHING,
    revealed = NOTHING,
    keys = NONE,
    events = NONE,
  } = told
  const head = [put(channel, 1), no, u(16, seq % 65_536), u(16, tick % 65_536), ...flags]
  const body = flags === SPARSE ? all : [align, ...all, align]
  return packetOf('server', 'snapshot', ...head, ...body, ...owner, ...revealed, ...keys, ...events)
}

/** What may be lost: it leads on from `back` snapshots ago. */
export function looseOf(told: Told & { readonly back: number; readonly firstEvent?: number }): Uint8Array {
  const { back, firstEvent = 1, seq, tick, flags = NO_FLAGS, all = NOTHING, events = NONE } = told
  const head = [
    put(channel, 1),
    v(4, back),
    u(16, firstEvent),
    no,
    u(16, seq % 65_536),
    u(16, tick % 65_536),
    ...flags,
    align,
  ]
  return packetOf('server', 'looseSnapshot', ...head, ...all, align, ...NOTHING, ...NOTHING, ...NONE, ...events)
}

/** The gap before the first slot of a list: of 2 bits, and of one more for each 1 before. */
export const first = (slot: number): Piece[] => {
  const width = Math.floor(Math.log2(slot + 4))
  return [...Array.from({ length: width - 2 }, () => yes), no, u(width, slot + 4 - 2 ** width)]
}
/** One update of slot 0, and no removals. */
export const update = (...record: readonly Piece[]): Piece[] => [count(0), count(1), ...first(0), ...record]
export const removal: readonly Piece[] = [count(1), ...first(0), count(0)]
export const DELTA: readonly Piece[] = [no]
export const catchUp = (age: number): Piece[] => [yes, no, v(4, age)]
export const full = (age: number): Piece[] => [yes, yes, v(4, age)]
export const DOT = 2
export const ROCK = 3
/** Of an entity that the reader holds. */
export const KNOWN: readonly Piece[] = [yes]
export const head = (kind: number, generation: number): Piece[] => [no, v(4, kind), v(7, generation)]
/** A rock is at its defaults: its heat, and whatever is cold. */
export const PLAIN_ROCK: readonly Piece[] = [no, no]
/** Nothing differs: the column that moves another, and any other. */
export const STILL: readonly Piece[] = [no, no]

/** What a dot is full of: vx and x in steps, the rest at its default, with fresh hidden columns. */
export const dotAt = (vx: number, x: number): Piece[] => [yes, u(7, vx + 64), yes, u(9, x), no, no, yes]

/** A pair that holds a dot in slot 0, as of snapshot 1 and tick 101. */
export function withDot(vx: number, x: number): Pair {
  const pair = joined()
  expectTaken(
    pair.read('server', snapshotOf({ seq: 1, tick: 101, all: update(...full(0), ...head(DOT, 7), ...dotAt(vx, x)) })),
  )
  return pair
}

function expectTaken(outcome: Outcome): void {
  if (outcome === 'refused') throw new Error('the frame that a test begins with was refused')
}

/** The entities that a snapshot changed, as the corpus shows them. */
export function changesOf(outcome: Outcome): unknown {
  const [message] = outcome === 'refused' ? [] : outcome
  return (message as { readonly changes?: unknown } | undefined)?.changes ?? outcome
}
