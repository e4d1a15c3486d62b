import { describe, expect, it } from 'vitest'
import { ResumeTokens } from '../../../server/src/link/resume.ts'
import { countingBytes } from '../helpers.ts'

/** What the client has named its link with. */
const drawn = new Uint8Array(16).fill(0xd0)

describe('ResumeTokens', () => {
  it('opens for nobody before the first token was issued', () => {
    const made: Uint8Array[] = []
    const bytes = countingBytes()
    const tokens = new ResumeTokens((length) => {
      made.push(bytes(length))
      return made.at(-1)!
    })
    expect(tokens.matches(new Uint8Array(16))).toBe(false)
    const token = tokens.issue(drawn)
    expect(token).toHaveLength(16)
    expect(tokens.matches(token)).toBe(true)
    expect(tokens.matches(made[0]!)).toBe(false)
  })

  it('[HSK12] opens to what its client has drawn, until that has answered the welcome', () => {
    const tokens = new ResumeTokens(countingBytes())
    const next = tokens.issue(drawn)
    expect([drawn, next].map((token) => tokens.matches(token))).toEqual([true, true])
    tokens.confirm()
    expect([drawn, next].map((token) => tokens.matches(token))).toEqual([false, true])
  })

  it('[HSK5] keeps the token that the client came with until the next one is confirmed', () => {
    const tokens = new ResumeTokens(countingBytes())
    const first = tokens.issue(drawn)
    const second = tokens.issue(first)
    expect([first, second].map((token) => tokens.matches(token))).toEqual([true, true])
    tokens.confirm()
    expect([first, second].map((token) => tokens.matches(token))).toEqual([false, true])
  })

  it('[HSK5] a client that is cut before each welcome comes back with the same token again and again', () => {
    const tokens = new ResumeTokens(countingBytes())
    const held = tokens.issue(drawn)
    const lost = [1, 2, 3].map(() => {
      expect(tokens.matches(held)).toBe(true)
      return tokens.issue(held)
    })
    expect(tokens.matches(held)).toBe(true)
    // Of the tokens that nobody may have received only the newest one opens.
    expect(lost.map((token) => tokens.matches(token))).toEqual([false, false, true])
  })

  it('does not match what only begins like the token', () => {
    const tokens = new ResumeTokens(countingBytes())
    const token = tokens.issue(drawn)
    expect(tokens.matches(token.subarray(0, 15))).toBe(false)
    expect(tokens.matches(Uint8Array.from(token, (byte, i) => (i === 15 ? byte ^ 1 : byte)))).toBe(false)
  })
})
