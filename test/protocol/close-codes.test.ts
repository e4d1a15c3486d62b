import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOSE, clipReason, closeReason, type CloseName } from '../../protocol/src/close-codes.ts'

/** What stands in released versions: a number never changes its meaning, so this list only grows. */
const RELEASED: Record<string, [code: number, retry: boolean]> = {
  'protocol-error': [4000, false],
  'version-mismatch': [4001, false],
  'origin-refused': [4002, false],
  replaced: [4003, false],
  'rate-limited': [4004, false],
  'handshake-timeout': [4005, true],
  'auth-failed': [4006, false],
  'liveness-timeout': [4007, true],
  'going-away': [4008, true],
  'slow-reader': [4009, true],
  'server-error': [4010, true],
  kicked: [4011, false],
  'message-too-big': [4012, false],
  left: [4013, false],
  'too-many-links': [4014, true],
  normal: [1000, false],
  away: [1001, true],
  'bad-frame': [1002, true],
  'no-code': [1005, true],
  abnormal: [1006, true],
  'bad-text': [1007, true],
  policy: [1008, false],
  'frame-too-big': [1009, false],
  'internal-error': [1011, true],
  restart: [1012, true],
  'try-later': [1013, true],
}

const names = Object.keys(CLOSE) as CloseName[]

describe('CLOSE', () => {
  it('holds exactly the released numbers, and whether a client may come back', () => {
    const table = Object.fromEntries(names.map((name) => [name, [CLOSE[name].code, CLOSE[name].retry]]))
    expect(table).toEqual(RELEASED)
  })

  it('gives each number one name', () => {
    expect(new Set(names.map((name) => CLOSE[name].code)).size).toBe(names.length)
  })

  it('every meaning can be sent as a reason', () => {
    for (const name of names) expect(clipReason(CLOSE[name].meaning)).toBe(CLOSE[name].meaning)
  })
})

describe('closeReason', () => {
  it('finds each code of the table', () => {
    for (const name of names) {
      const { code, retry, meaning } = CLOSE[name]
      expect(closeReason(code)).toEqual({ name, retry, meaning })
    }
  })

  it('has an answer for any number, and it contains the number', () => {
    const known = new Set<number>(names.map((name) => CLOSE[name].code))
    fc.assert(
      fc.property(fc.oneof(fc.nat(5000), fc.integer(), fc.double()), (code) => {
        fc.pre(!known.has(code))
        const reason = closeReason(code)
        expect(reason.name).toBe('unknown')
        expect(reason.meaning).toContain(String(code))
      }),
    )
  })

  it('does not retry an unknown code that an application chose, and does retry faults of the path', () => {
    for (const code of [3000, 3999, 4500, 4999]) expect(closeReason(code).retry).toBe(false)
    for (const code of [0, 1004, 1015, 2999, 5000, Number.NaN]) expect(closeReason(code).retry).toBe(true)
  })
})

describe('clipReason', () => {
  it('is the longest beginning of at most 123 bytes of UTF-8, cut between characters', () => {
    const encoder = new TextEncoder()
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (reason) => {
        const clipped = clipReason(reason)
        expect(reason.startsWith(clipped)).toBe(true)
        expect(encoder.encode(clipped).length).toBeLessThanOrEqual(123)
        const [next] = reason.slice(clipped.length)
        if (next !== undefined) expect(encoder.encode(clipped + next).length).toBeGreaterThan(123)
      }),
    )
    expect(clipReason('x'.repeat(122) + '\u{1f680}')).toBe('x'.repeat(122))
    expect(clipReason('x'.repeat(119) + '\u{1f680}!')).toBe('x'.repeat(119) + '\u{1f680}')
  })
})
