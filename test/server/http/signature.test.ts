import { describe, expect, it } from 'vitest'
import { isEqual, sign, SignatureCheck } from '../../../server/src/http/signature.ts'

const SECRET = 'correct horse battery staple'
const NOW = 1_800_000_000_000
const request = { method: 'POST', path: '/api/rooms/r1/kick?x=1', body: '{"seat":3}', time: String(NOW) }
const signed = (changes: Partial<typeof request> = {}): ReturnType<typeof sign> =>
  sign(SECRET, { ...request, ...changes })

function check(): SignatureCheck {
  return new SignatureCheck(SECRET, () => NOW)
}

describe('a signed request', () => {
  it('is the one that was signed, by any language: HMAC-SHA256 over time, method, path and body', () => {
    // printf '1800000000000\nPOST\n/api/rooms/r1/kick?x=1\n{"seat":3}' | openssl dgst -sha256 -hmac 'correct horse battery staple'
    expect(signed()).toBe(GOLDEN)
    expect(check().fault({ ...request, signature: signed() })).toBeNull()
  })

  it.each([
    ['method', 'DELETE'],
    ['path', '/api/rooms/r2/kick?x=1'],
    ['body', '{"seat":4}'],
    ['time', String(NOW + 1)],
  ])('with another %s is refused', (part, value) => {
    expect(check().fault({ ...request, [part]: value, signature: signed() })).toContain('does not fit')
  })

  it.each([String(NOW - 300_001), String(NOW + 300_001), '', 'now', '-1', `${NOW}.5`, '9'.repeat(20)])(
    'of the time %j is refused, however well it is signed',
    (time) => {
      expect(check().fault({ ...request, time, signature: signed({ time }) })).toContain('within 5 minutes')
    },
  )

  it('is taken once', () => {
    const one = check()
    expect(one.fault({ ...request, signature: signed() })).toBeNull()
    expect(one.fault({ ...request, signature: signed() })).toContain('used before')
  })

  it('is remembered only as long as its time would be believed', () => {
    let nowMs = NOW
    const one = new SignatureCheck(SECRET, () => nowMs)
    for (let i = 0; i < 1000; i++) {
      nowMs += 1000
      const time = String(nowMs)
      expect(one.fault({ ...request, time, signature: signed({ time }) })).toBeNull()
    }
    expect(one['used'].size).toBeLessThanOrEqual(302)
  })
})

it('texts of other lengths are compared without an exception', () => {
  expect(isEqual('', 'abc')).toBe(false)
  expect(isEqual('äb', 'abc')).toBe(false)
  expect(isEqual('abc', 'abc')).toBe(true)
})

const GOLDEN = 'bf1527e7199c2f007e7d337b30da6792b93426f302e47563ff3f67e7886c2583'
