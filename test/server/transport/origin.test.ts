import { describe, expect, it } from 'vitest'
import { isLoopbackAddress, isOriginAllowed, plainAddress } from '../../../server/src/transport/origin.ts'

const far = { localAddress: '203.0.113.5', allowedOrigins: [] }
const near = { localAddress: '127.0.0.1', allowedOrigins: [] }

describe('the origin rule', () => {
  it.each([
    ['what is no browser', null, 'game.example', far, true],
    ['the own origin', 'https://game.example', 'game.example', far, true],
    ['the own origin with a port', 'http://game.example:8080', 'game.example:8080', far, true],
    ['the own origin behind a proxy that ends TLS', 'https://game.example', 'game.example:443', far, true],
    ['the own origin in capitals', 'https://game.example', 'GAME.example', far, true],
    ['another host', 'https://evil.example', 'game.example', far, false],
    ['another port', 'https://game.example:8443', 'game.example', far, false],
    ['a sandboxed page', 'null', 'game.example', far, false],
    ['nonsense', 'not an origin', 'game.example', far, false],
    ['a missing host', 'https://game.example', null, far, false],
    ["a page of the visitor's own machine", 'http://localhost:5173', 'game.example', far, false],
    ['another loopback port', 'http://localhost:5173', 'localhost:2567', near, true],
    ['a loopback name of another kind', 'http://127.0.0.1:5173', 'localhost:2567', near, true],
    ['IPv6 loopback', 'http://[::1]:5173', '[::1]:2567', { ...near, localAddress: '::1' }, true],
    [
      'loopback on a dual-stack socket',
      'http://app.localhost',
      'x',
      { ...near, localAddress: '::ffff:127.0.0.1' },
      true,
    ],
    ['a foreign page with a loopback server', 'https://evil.example', 'localhost:2567', near, false],
    ['a name that only begins like loopback', 'http://127.0.0.1.evil.example', 'localhost:2567', near, false],
    ['a name that only ends like loopback', 'http://notlocalhost', 'localhost:2567', near, false],
  ])('%s', (_, origin, host, where, allowed) => {
    expect(isOriginAllowed({ origin, host, ...where })).toBe(allowed)
  })

  it('takes the origins of the list, and all of them for "*"', () => {
    const question = { origin: 'https://friend.example', host: 'game.example', localAddress: null }
    expect(isOriginAllowed({ ...question, allowedOrigins: ['https://friend.example'] })).toBe(true)
    expect(isOriginAllowed({ ...question, allowedOrigins: ['https://friend.example:1'] })).toBe(false)
    expect(isOriginAllowed({ ...question, allowedOrigins: ['*'] })).toBe(true)
  })
})

describe('addresses', () => {
  it('are plain without the prefix of dual-stack sockets', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1')
    expect(plainAddress('2001:db8::1')).toBe('2001:db8::1')
  })

  it('are loopback in 127/8 and ::1 only', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].every(isLoopbackAddress)).toBe(true)
    expect(['10.0.0.1', '128.0.0.1', '::2', 'unknown'].some(isLoopbackAddress)).toBe(false)
  })
})
