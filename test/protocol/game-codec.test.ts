import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../protocol/src/codec/layout.ts'
import { DecodeError } from '../../protocol/src/errors.ts'
import { GameCodec, usesPacked } from '../../protocol/src/game-codec.ts'
import { LIMITS } from '../../protocol/src/limits.ts'
import { NO_PACKER } from '../../protocol/src/messages/values.ts'
import { defineGame, entity } from '../../protocol/src/schema/define.ts'
import { hashSections } from '../../protocol/src/schema/describe.ts'
import { field } from '../../protocol/src/schema/field.ts'

const ask = { kind: field.oneOf('ammo', 'shield'), amount: field.uint({ max: 30 }) }
const schema = defineGame({
  name: 'game',
  tickRateHz: 60,
  entities: { ship: entity({ hp: field.uint({ max: 9 }) }) },
  input: { fire: field.press() },
  events: { shot: {}, explosion: {} },
  messages: {
    chat: { toServer: { text: field.text({ maxBytes: 4096 }), more: field.bytes({ maxBytes: 4096 }) } },
    ping: {},
  },
  requests: { refill: { ask, reply: {} }, deal: { ask: {}, reply: {} } },
})
const codec = new GameCodec(schema)

describe('GameCodec', () => {
  it('holds all that turns values of its game into bytes', () => {
    expect(codec.layout).toBe(layoutOf(schema))
    expect(codec.hashes).toEqual(hashSections(schema))
    expect(codec.packer).toBe(NO_PACKER)
    expect(codec.inputs.fromColumns(codec.inputs.neutral)).toEqual({ fire: false })
  })

  it('[REL6] counts names in the order of the schema', () => {
    expect(codec.eventNames).toEqual(['shot', 'explosion'])
    expect(codec.messageNames).toEqual(['chat', 'ping'])
    expect(codec.requestNames).toEqual(['refill', 'deal'])
  })

  it('[REL6] refuses an index without a name', () => {
    expect(codec.nameAt(codec.requestNames, 1, 'request')).toBe('deal')
    expect(() => codec.nameAt(codec.requestNames, 2, 'request')).toThrow(
      expect.objectContaining({ reason: 'unexpected', what: 'request' }),
    )
  })

  it('gives payloads back, each with bytes of its own', () => {
    const first = codec.encodePayload(ask, { kind: 'shield', amount: 30 })
    codec.encodePayload(ask, { kind: 'ammo', amount: 0 })
    expect(Buffer.from(first).toString('hex')).toBe('3d')
    expect(codec.decodePayload(ask, first)).toEqual({ kind: 'shield', amount: 30 })
    expect(codec.decodePayload({}, codec.encodePayload({}, {}))).toEqual({})
    expect(codec.encodePayload({}, undefined as never)).toHaveLength(0)
  })

  it('[REL6] refuses a payload that is not exactly one value of its fields', () => {
    const bytes = codec.encodePayload(ask, { kind: 'shield', amount: 30 })
    expect(() => codec.decodePayload(ask, Uint8Array.of(...bytes, 0))).toThrow(
      expect.objectContaining({ reason: 'trailing' }),
    )
    expect(() => codec.decodePayload(ask, bytes.subarray(0, 0))).toThrow(
      expect.objectContaining({ reason: 'truncated' }),
    )
    expect(() => codec.decodePayload(ask, Uint8Array.of(0x7d))).toThrow(DecodeError)
  })

  it('names the field that does not fit, and refuses what no reader takes', () => {
    expect(() => codec.encodePayload(ask, { kind: 'shield', amount: 31 })).toThrow('amount: expected 0 to 30, got 31')
    expect(() => codec.encodePayload(ask, { kind: 'shield' }, 'refill')).toThrow(
      'refill.amount: expected a number, got undefined',
    )
    expect(() => codec.encodePayload(ask, undefined as never, 'refill')).toThrow(
      'refill: expected an object { kind, amount }, got undefined',
    )
    const chat = schema.messages['chat']!.toServer!
    const largest = { text: 'x'.repeat(4096), more: new Uint8Array(4092) }
    expect(codec.encodePayload(chat, largest)).toHaveLength(LIMITS.maxPayloadBytes)
    expect(() => codec.encodePayload(chat, { ...largest, more: new Uint8Array(4093) })).toThrow(RangeError)
    // A value that failed leaves nothing behind.
    expect(codec.encodePayload(ask, { kind: 'ammo', amount: 1 })).toEqual(Uint8Array.of(2))
  })
})

describe('usesPacked', () => {
  const packed = field.packed(
    { '~standard': { version: 1, vendor: 't', validate: (value) => ({ value }) } },
    { maxBytes: 9 },
  )
  const head = { name: 'game', tickRateHz: 60 }

  it.each([
    ['join', defineGame({ ...head, join: { packed } })],
    ['state', defineGame({ ...head, state: { packed } })],
    ['player', defineGame({ ...head, player: { packed } })],
    ['entities', defineGame({ ...head, entities: { ship: entity({ packed }) } })],
    ['events', defineGame({ ...head, events: { shot: { packed } } })],
    ['messages to the server', defineGame({ ...head, messages: { chat: { toServer: { packed } } } })],
    ['messages to the client', defineGame({ ...head, messages: { chat: { toClient: { packed } } } })],
    ['asks', defineGame({ ...head, requests: { deal: { ask: { packed }, reply: {} } } })],
    ['replies', defineGame({ ...head, requests: { deal: { ask: {}, reply: { packed } } } })],
  ])('finds a free-form field in %s', (_, game) => {
    expect(usesPacked(game)).toBe(true)
  })

  it('finds none in a game that has none', () => {
    expect(usesPacked(schema)).toBe(false)
  })
})
