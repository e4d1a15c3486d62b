/** Random messages of both ends: for round trips, and as what the fuzz bends. */
import * as fc from 'fast-check'
import type { CallItem, LatestMessage } from '../../../protocol/src/messages/calls.ts'
import type { ClientItem, ClientMessage } from '../../../protocol/src/messages/client.ts'
import type { ServerItem, ServerMessage } from '../../../protocol/src/messages/server.ts'
import { SECTIONS } from '../../../protocol/src/schema/describe.ts'
import { PROTOCOL_VERSION } from '../../../protocol/src/version.ts'

export const u16 = fc.nat(0xffff)
export const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat(200), fc.constant(0xffff_ffff))
export const channel = fc.oneof(fc.nat(9), u16)
const secret = fc.uint8Array({ minLength: 16, maxLength: 16 })
const payload = fc.uint8Array({ maxLength: 30 })
const text = fc.string({ unit: 'grapheme-ascii', maxLength: 20 })
const word = fc.string({ unit: 'grapheme-ascii', maxLength: 12 })
const hashes = fc.array(u32, { minLength: SECTIONS.length, maxLength: SECTIONS.length })

const call: fc.Arbitrary<CallItem> = fc.oneof(
  fc.record({ type: fc.constant('message' as const), channel, message: u16, payload }),
  fc.record({ type: fc.constant('request' as const), channel, id: u32, request: u16, payload }),
  fc.record({ type: fc.constant('reply' as const), channel, id: u32, payload }),
  fc.record({ type: fc.constant('refusal' as const), channel, id: u32, code: word, text }),
  fc.record({ type: fc.constant('cancel' as const), channel, id: u32 }),
)
const latest: fc.Arbitrary<LatestMessage> = fc.record({
  type: fc.constant('latest' as const),
  channel,
  message: u16,
  payload,
})
const reliableAck = fc.record({ type: fc.constant('reliableAck' as const), seq: u32 })

const wish = fc.record({ type: word, isPrivate: fc.boolean(), password: word, where: text, options: payload })

export const clientItem: fc.Arbitrary<ClientItem> = fc.oneof(
  call,
  fc.record({
    type: fc.constant('join' as const),
    channel,
    verb: fc.constantFrom(
      'joinOrCreate' as const,
      'create' as const,
      'joinById' as const,
      'joinByCode' as const,
      'spectate' as const,
    ),
    game: word,
    hashes,
    room: word,
    reservation: word,
    wish,
    join: payload,
  }),
  fc.record({ type: fc.constant('mismatch' as const), channel, tick16: u16 }),
  fc.record({ type: fc.constant('leave' as const), channel }),
)
const seat = fc.record({
  channel,
  epoch: u32,
  game: word,
  hashes,
  heldSnapshot: fc.oneof(fc.constant(-1), fc.nat(0xffff_fffe)),
})
const resume = fc.record({ receivedSeq: u32, seat: fc.option(seat, { nil: null }) })
/** All but `inputs`, which a game's codec writes. */
export const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    protocolVersion: fc.constant(PROTOCOL_VERSION),
    lobby: u32,
    ticket: text,
    linkId: secret,
    token: secret,
    resume: fc.option(resume, { nil: null }),
  }),
  fc.record({ type: fc.constant('ping' as const), id: u16, channel }),
  fc.record({ type: fc.constant('snapshotAck' as const), channel, ackedSnapshot16: u16 }),
  fc.record({ type: fc.constant('reliable' as const), seq: u32, item: clientItem }),
  reliableAck,
  latest,
)

export const serverItem: fc.Arbitrary<ServerItem> = fc.oneof(
  call,
  fc.record({
    type: fc.constant('joined' as const),
    channel,
    roomId: word,
    epoch: u32,
    seat: fc.nat(1022),
    tick: u32,
    simulationSeed: u32,
  }),
  fc.record({ type: fc.constant('joinRefused' as const), channel, code: word, text, section: word, description: text }),
  fc.record({ type: fc.constant('redirect' as const), channel, url: text, reservation: word }),
  fc.record({ type: fc.constant('left' as const), channel, reason: word }),
  fc.record({
    type: fc.constant('table' as const),
    channel,
    number: fc.integer({ min: 1, max: 255 }),
    bytes: fc.uint8Array({ maxLength: 200 }),
  }),
  fc.record({ type: fc.constant('stateHash' as const), channel, tick16: u16, hash: u32 }),
)
/** All but `snapshot`, which the replication writes. */
export const serverMessage: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({
    type: fc.constant('welcome' as const),
    linkId: secret,
    token: secret,
    userId: word,
    resumed: fc.boolean(),
    receivedSeq: u32,
    seatResumed: fc.boolean(),
    resumeWindowMs: u32,
  }),
  fc.record({
    type: fc.constant('pong' as const),
    id: u16,
    channel,
    tick: fc.tuple(u32, fc.nat(255)).map(([tick, part]) => tick + part / 256),
    holdMs: u16.map((steps) => steps / 16),
  }),
  fc.record({ type: fc.constant('reliable' as const), seq: u32, item: serverItem }),
  reliableAck,
  latest,
  fc.record({ type: fc.constant('goingAway' as const), retryAfterMs: u32, address: word }),
)
