import { describe, expect, it } from 'vitest'
import { ConfigError } from '@tickwire/protocol'
import { clientAddress, trustedProxies } from '../../../server/src/transport/client-address.ts'

describe('the address of a client', () => {
  const isTrusted = trustedProxies(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'])

  it.each([
    ['without a proxy: the socket’s', '203.0.113.9', '', '203.0.113.9'],
    ['in the notation of a dual-stack socket', '::ffff:203.0.113.9', '', '203.0.113.9'],
    ['behind a proxy of ours: what it says', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['behind two of ours', '10.1.2.3', '203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['behind one with an IPv6 address', 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['of a dual-stack socket behind a proxy', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['of a stranger who claims to be a proxy: its own', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['not what a client wrote before its proxy', '10.1.2.3', '127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['not what a client wrote as one of ours', '10.1.2.3', '198.51.100.1, 10.5.5.5, 203.0.113.9', '203.0.113.9'],
    ['of our own machine behind our proxy', '10.1.2.3', '10.7.7.7', '10.7.7.7'],
    ['behind a proxy that says nothing', '10.1.2.3', '', '10.1.2.3'],
    ['behind nonsense: the last that is known', '10.1.2.3', '203.0.113.9, unknown', '10.1.2.3'],
    ['behind a name and a port', '10.1.2.3', '203.0.113.9:5000', '10.1.2.3'],
    ['of a socket that is gone', 'unknown', '203.0.113.9', 'unknown'],
  ])('is, %s', (_, remote, forwarded, address) => {
    expect(clientAddress(remote, forwarded, isTrusted)).toBe(address)
  })

  it('is nobody’s word where no proxy is trusted', () => {
    expect(clientAddress('127.0.0.1', '203.0.113.9', trustedProxies([]))).toBe('127.0.0.1')
  })

  it('of a header of a thousand hops is found at once', () => {
    const forwarded = Array.from({ length: 1000 }, () => '10.0.0.1').join(',')
    expect(clientAddress('10.0.0.1', `203.0.113.9,${forwarded}`, isTrusted)).toBe('203.0.113.9')
  })

  it.each(['', 'proxy.example', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', '10.0.0.0/-1', 5])(
    'cannot be told by %j',
    (entry) => {
      expect(() => trustedProxies([entry as string])).toThrow(ConfigError)
    },
  )
})
