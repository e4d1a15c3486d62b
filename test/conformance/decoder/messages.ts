/** Sections 3 and 4 of docs/protocol.md: all messages but inputs and snapshots, which need the schema of a game. */
import { malformed } from './bits.ts'
import { bits, bool, bytes, mapped, optional, sized, struct, text, times, uintMax, varuint } from './parts.ts'
import type { Part } from './parts.ts'

/** What the lengths of messages are held against, in bytes; the first seven stand in `protocol/src/limits.ts`. */
export const BOUNDS = {
  maxPayloadBytes: 8192,
  maxTextBytes: 4096,
  maxNameBytes: 64,
  maxTicketBytes: 4096,
  maxPasswordBytes: 64,
  maxWhereBytes: 512,
  maxSectionBytes: 1024,
  url: 1024,
  description: 65_536,
  table: 262_144,
} as const

export const channel: Part<number> = varuint(3, 0xffff)
const seq = varuint(7)
const index = varuint(4, 0xffff)
const payload = sized(BOUNDS.maxPayloadBytes)
const name = text(BOUNDS.maxNameBytes)
const words = text(BOUNDS.maxTextBytes)
const hashes = times(12, bits(32))
const [u8, u16, u32] = [bits(8), bits(16), bits(32)]

const fromOneOn = mapped(
  seq,
  (n) => n - 1,
  (n) => n + 1,
)
const seatClaim = struct({ channel, epoch: u32, game: name, hashes, heldSnapshot: fromOneOn })
const resumeClaim = struct({ receivedSeq: seq, seat: optional(seatClaim) })
const secrets = { linkId: bytes(16), token: bytes(16) }
const helloBody = struct({ lobby: u32, ticket: text(BOUNDS.maxTicketBytes), ...secrets, resume: optional(resumeClaim) })
type Hello = { readonly protocolVersion: number } & ReturnType<typeof helloBody.read>

const MAGIC = 0x5257_4b54
const VERSION = 1
const version = varuint(7, 0xffff)
const hello: Part<Hello> = {
  read: (from) => {
    if (u32.read(from) !== MAGIC) malformed('not the magic')
    const protocolVersion = version.read(from)
    if (protocolVersion === VERSION) return { protocolVersion, ...helloBody.read(from) }
    from.skipToEnd()
    return { protocolVersion, lobby: 0, ticket: '', linkId: new Uint8Array(0), token: new Uint8Array(0), resume: null }
  },
  write: (to, value) => {
    u32.write(to, MAGIC)
    version.write(to, value.protocolVersion)
    helloBody.write(to, value)
  },
}

const welcome = struct({
  ...secrets,
  userId: name,
  resumed: bool,
  receivedSeq: seq,
  seatResumed: bool,
  resumeWindowMs: u32,
})

const VERBS = ['joinOrCreate', 'create', 'joinById', 'joinByCode', 'spectate'] as const
const verb = mapped(
  uintMax(VERBS.length - 1),
  (i) => VERBS[i]!,
  (word) => VERBS.indexOf(word),
)

const wish = struct({
  type: name,
  isPrivate: bool,
  password: text(BOUNDS.maxPasswordBytes),
  where: text(BOUNDS.maxWhereBytes),
  options: sized(BOUNDS.maxSectionBytes),
})
const seatOrNone = mapped(
  uintMax(1023),
  (n) => (n === 1023 ? -1 : n),
  (seat) => (seat === -1 ? 1023 : seat),
)

/** What follows number and channel of each item of the reliable stream, in the order of their numbers. */
const ITEMS = {
  message: struct({ message: index, payload }),
  request: struct({ id: seq, request: index, payload }),
  reply: struct({ id: seq, payload }),
  refusal: struct({ id: seq, code: name, text: words }),
  cancel: struct({ id: seq }),
  join: struct({ verb, game: name, hashes, room: name, reservation: name, wish, join: payload }),
  leave: struct({}),
  joined: struct({ roomId: name, epoch: u32, seat: seatOrNone, tick: u32, simulationSeed: u32 }),
  joinRefused: struct({ code: name, text: words, section: name, description: text(BOUNDS.description) }),
  redirect: struct({ url: text(BOUNDS.url), reservation: name }),
  left: struct({ reason: name }),
  table: struct({ number: u8, bytes: sized(BOUNDS.table) }),
  stateHash: struct({ tick16: u16, hash: u32 }),
  mismatch: struct({ tick16: u16 }),
} as const
type ItemName = keyof typeof ITEMS
const ITEM_NAMES = Object.keys(ITEMS) as ItemName[]
const CALLS: readonly ItemName[] = ['message', 'request', 'reply', 'refusal', 'cancel']
const MAY_SEND: Readonly<Record<End, readonly ItemName[]>> = {
  client: [...CALLS, 'join', 'leave', 'mismatch'],
  server: [...CALLS, 'joined', 'joinRefused', 'redirect', 'left', 'table', 'stateHash'],
}

export type End = 'client' | 'server'
export type Item = {
  [K in ItemName]: { readonly type: K; readonly channel: number } & ReturnType<(typeof ITEMS)[K]['read']>
}[ItemName]
export interface Reliable {
  readonly seq: number
  readonly item: Item
}

function reliable(end: End): Part<Reliable> {
  const number = bits(4)
  return {
    read: (from) => {
      const head = seq.read(from)
      const type = ITEM_NAMES[number.read(from) - 1]
      if (type === undefined || !MAY_SEND[end].includes(type)) return malformed(`no item of a ${end}`)
      return { seq: head, item: { type, channel: channel.read(from), ...ITEMS[type].read(from) } as Item }
    },
    write: (to, value) => {
      seq.write(to, value.seq)
      number.write(to, ITEM_NAMES.indexOf(value.item.type) + 1)
      channel.write(to, value.item.channel)
      ;(ITEMS[value.item.type] as Part<unknown>).write(to, value.item)
    },
  }
}

const rawPong = struct({ id: u16, channel, tick: u32, fraction: u8, hold: u16 })
const pong = mapped(
  rawPong,
  ({ id, channel: of, tick, fraction, hold }) => ({ id, channel: of, tick: tick + fraction / 256, holdMs: hold / 16 }),
  ({ id, channel: of, tick, holdMs }) => {
    const whole = Math.floor(tick)
    return { id, channel: of, tick: whole, fraction: (tick - whole) * 256, hold: holdMs * 16 }
  },
)
const reliableAck = struct({ seq })
const latest = struct({ channel, message: index, payload })

/** The messages of each end, in the order of their numbers; null: those that need a schema. */
export const MESSAGES = {
  client: {
    hello,
    ping: struct({ id: u16, channel }),
    inputs: null,
    snapshotAck: struct({ channel, ackedSnapshot16: u16 }),
    reliable: reliable('client'),
    reliableAck,
    latest,
  },
  server: {
    welcome,
    pong,
    snapshot: null,
    reliable: reliable('server'),
    reliableAck,
    latest,
    goingAway: struct({ retryAfterMs: u32, address: text(1024) }),
    looseSnapshot: null,
  },
} as const
