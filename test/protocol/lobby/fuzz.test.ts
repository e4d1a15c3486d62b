/** Hostile bytes in place of what a lobby says and is asked, and of what games declare for it; see `../fuzz.test.ts`. */
import { describe, expect, it } from 'vitest'
import { GameCodec } from '../../../protocol/src/game-codec.ts'
import { LISTED_ROOM, LOBBY, lobbyCodec, PARTY_MEMBER } from '../../../protocol/src/lobby/schema.ts'
import { defineGame } from '../../../protocol/src/schema/define.ts'
import { field } from '../../../protocol/src/schema/field.ts'
import type { FieldMap } from '../../../protocol/src/schema/field.ts'
import type { FieldSpec } from '../../../protocol/src/schema/spec.ts'
import { Random } from '../../../protocol/src/sim/random.ts'
import { expectBoth, fuzz, noise } from '../hostile.ts'

/** A value that fits a field of those kinds that the lobby has. */
function valueOf(spec: FieldSpec, random: Random): unknown {
  switch (spec.kind) {
    case 'bool':
      return random.next() < 0.5
    case 'uint':
      return random.int(0, spec.max)
    case 'tick':
      return random.int(0, 0x7fff_ffff)
    case 'seat':
      return random.pick([null, 0, 1022])
    case 'f32':
      return random.int(-9, 9)
    case 'oneOf':
      return random.pick(spec.values)
    case 'text':
      return 'x'.repeat(random.int(0, Math.min(9, spec.maxBytes)))
    case 'bytes':
      return noise(random, random.int(0, Math.min(9, spec.maxBytes)))
    case 'list':
      return Array.from({ length: random.int(0, Math.min(4, spec.maxItems)) }, () => valueOf(spec.of, random))
    default:
      throw new Error(`no lobby has fields of the kind ${spec.kind}`)
  }
}

const valuesOf = (fields: FieldMap, random: Random): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, { spec }]) => [name, valueOf(spec, random)]))

const PAYLOADS: readonly (readonly [what: string, fields: FieldMap])[] = [
  ...Object.entries(LOBBY.messages).map(([name, { toClient }]) => [name, toClient ?? {}] as const),
  ...Object.entries(LOBBY.requests).flatMap(([name, { ask, reply }]) => [
    [`${name}, asked`, ask] as const,
    [`${name}, answered`, reply] as const,
  ]),
  ['a listed room', LISTED_ROOM],
  ['a member of a party', PARTY_MEMBER],
]

describe('hostile bytes in a lobby', () => {
  it.each(PAYLOADS.filter(([, fields]) => Object.keys(fields).length > 0))(
    '[REL6] in place of "%s" end in its fields or in a DecodeError',
    (_what, fields) => {
      const random = new Random(51)
      const corpus = Array.from({ length: 5 }, () => lobbyCodec.encodePayload(fields, valuesOf(fields, random)))
      const tried = fuzz(51, 300, corpus, (bytes) => void lobbyCodec.decodePayload(fields, bytes))
      expect(Math.min(tried.taken, tried.refused)).toBeGreaterThan(0)
    },
  )

  it('in place of a patch end in some of its fields or in a DecodeError', () => {
    const random = new Random(52)
    const options = {
      map: field.text({ maxBytes: 9 }),
      hard: field.bool(),
      size: field.uint({ max: 40 }),
      mode: field.oneOf('duel', 'team'),
      bans: field.list(field.text({ maxBytes: 5 }), { maxItems: 3 }),
    }
    const codec = new GameCodec(defineGame({ name: 'patched', tickRateHz: 20, options }))
    const corpus = Array.from({ length: 20 }, () => {
      const given = Object.entries(valuesOf(options, random)).filter(() => random.next() < 0.6)
      return codec.encodePatch(options, Object.fromEntries(given), 'options')
    })
    const tried = fuzz(52, 3000, corpus, (bytes) => {
      for (const name of Object.keys(codec.decodePatch(options, bytes))) expect(options).toHaveProperty(name)
    })
    expectBoth(tried)
  })
})
