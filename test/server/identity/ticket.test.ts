import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '@tickwire/protocol'
import { decodeClaims, encodeClaims, fromText, toText } from '../../../server/src/identity/ticket.ts'
import type { TicketClaims } from '../../../server/src/identity/ticket.ts'

const claims: TicketClaims = {
  game: 'arena',
  user: 'ada',
  room: 'lounge',
  exp: 1_800_000_000,
  nonce: new Uint8Array(16),
}

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 16 })
const anyClaims = fc.record({
  game: name,
  user: name,
  room: fc.option(name),
  exp: fc.nat(2 ** 31 - 1),
  nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
})

describe('the claims of a ticket', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(anyClaims, (one) => {
        expect(decodeClaims(encodeClaims(one))).toEqual(one)
      }),
    )
  })

  it('have one encoding: what decodes is exactly what would be written', () => {
    const mutated = fc.tuple(anyClaims, fc.nat(), fc.integer({ min: 1, max: 255 }))
    fc.assert(
      fc.property(mutated, ([one, place, change]) => {
        const bytes = encodeClaims(one)
        bytes[place % bytes.length]! ^= change
        const read = decodeClaims(bytes)
        if (read !== null) expect(encodeClaims(read)).toEqual(bytes)
      }),
    )
  })

  it('cannot be confused by where one name ends and the next begins', () => {
    const same = [
      { game: 'a', user: 'bc', room: 'd' },
      { game: 'ab', user: 'c', room: 'd' },
      { game: 'a', user: 'b', room: 'cd' },
      { game: 'a', user: 'bcd', room: null },
      { game: 'a', user: 'bc', room: 'd.' },
      { game: 'a.bc', user: 'd', room: null },
    ]
    const encoded = same.map((names) => encodeClaims({ ...claims, ...names }).toString('hex'))
    expect(new Set(encoded).size).toBe(same.length)
  })

  it('that are cut off anywhere, or go on behind their end, are none', () => {
    const bytes = encodeClaims(claims)
    for (let length = 0; length < bytes.length; length++) expect(decodeClaims(bytes.subarray(0, length))).toBeNull()
    expect(decodeClaims(Buffer.concat([bytes, Buffer.of(0)]))).toBeNull()
  })

  it.each([
    ['another version', 0, 2],
    ['a name longer than names are', 23, 65],
    ['a name that is no UTF-8', 24, 0xff],
  ])('with %s are none', (_, at, value) => {
    const bytes = encodeClaims(claims)
    bytes[at] = value
    expect(decodeClaims(bytes)).toBeNull()
  })

  it.each<Partial<TicketClaims>>([
    { user: '' },
    { game: '' },
    { room: '' },
    { user: 'x'.repeat(65) },
    { user: 'é'.repeat(33) },
    { user: '\ud800' },
    { exp: -1 },
    { exp: 1.5 },
    { exp: Number.NaN },
    { nonce: new Uint8Array(15) },
  ])('that no ticket can carry are refused at their maker: %j', (change) => {
    expect(() => encodeClaims({ ...claims, ...change })).toThrow(ConfigError)
  })
})

describe('the text of a ticket', () => {
  it('is the only one of its bytes', () => {
    const text = toText(encodeClaims(claims))
    expect(fromText(text)).toEqual(encodeClaims(claims))
    for (const other of [`${text}=`, `${text}\n`, ` ${text}`, `${text}!`, text.replaceAll('_', '/')]) {
      if (other !== text) expect(fromText(other)).toBeNull()
    }
  })
})
