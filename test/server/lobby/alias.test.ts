import { LIMITS } from '@tickwire/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalAlias } from '../../../server/src/lobby/alias.ts'

const isRefused = (typed: string): boolean => {
  try {
    normalAlias(typed)
    return false
  } catch (error) {
    return (error as { code?: string }).code === 'bad-alias'
  }
}

describe('an alias', () => {
  it('[LOB6] is compared in small letters, as NFKC makes them, without white space around it', () => {
    expect(normalAlias('  Ada_2 ')).toBe('ada_2')
    // Fullwidth letters are the same letters.
    expect(normalAlias('\uFF21\uFF44\uFF41')).toBe('ada')
    expect(normalAlias('ADA')).toBe(normalAlias('ada'))
  })

  it('[LOB6] has 2 to 24 of a-z, 0-9, _ and -, and begins with a letter or digit', () => {
    expect(normalAlias('a'.repeat(LIMITS.maxAliasBytes))).toHaveLength(LIMITS.maxAliasBytes)
    const wrong = [
      '',
      ' ',
      'a',
      'a'.repeat(LIMITS.maxAliasBytes + 1),
      '_ada',
      '-ada',
      'a da',
      'ada\n!',
      'ada\u0000',
      'ad\u0430',
    ]
    for (const typed of wrong) expect(isRefused(typed), JSON.stringify(typed)).toBe(true)
  })

  it('stays what it is when it is normalised again, whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w -]{1,30}$/)),
        (typed) => {
          if (isRefused(typed)) return
          const alias = normalAlias(typed)
          expect(normalAlias(alias)).toBe(alias)
          expect(Buffer.byteLength(alias)).toBeLessThanOrEqual(LIMITS.maxAliasBytes)
        },
      ),
    )
  })
})
