import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clipText } from '../../server/src/text.ts'

it('is the text itself when it fits', () => {
  expect(clipText('grün', 5)).toBe('grün')
})

it('is cut between characters, never within one', () => {
  expect(clipText('grün', 4)).toBe('grü')
  expect(clipText('grün', 3)).toBe('gr')
  expect(clipText('🚀🚀', 7)).toBe('🚀')
})

it('is the longest beginning that fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.nat(30), (text, maxBytes) => {
      const clipped = clipText(text, maxBytes)
      expect(text.startsWith(clipped)).toBe(true)
      expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(maxBytes)
      const next = text.codePointAt(clipped.length)
      if (next !== undefined) expect(Buffer.byteLength(clipped + String.fromCodePoint(next))).toBeGreaterThan(maxBytes)
    }),
  )
})
