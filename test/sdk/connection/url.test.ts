import { ConfigError } from '@tickwire/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { otherDevice, pageUrl, socketUrl } from '../../../sdk/src/connection/url.ts'

afterEach(() => vi.unstubAllGlobals())

describe('the address of a server', () => {
  it.each([
    ['ws://localhost:2567', 'ws://localhost:2567/tickwire'],
    ['ws://localhost:2567/', 'ws://localhost:2567/tickwire'],
    ['http://localhost:2567', 'ws://localhost:2567/tickwire'],
    ['https://play.example', 'wss://play.example/tickwire'],
    ['wss://play.example/eu/arena?shard=2#top', 'wss://play.example/eu/arena?shard=2'],
    ['ws://[::1]:80/x', 'ws://[::1]/x'],
  ])('%s is %s', (given, url) => {
    expect(socketUrl(given, null)).toBe(url)
  })

  it('may be relative to the page, whose security it takes', () => {
    expect(socketUrl('/', 'http://localhost:5173/index.html?quick')).toBe('ws://localhost:5173/tickwire')
    expect(socketUrl('/game', 'https://play.example/a/b')).toBe('wss://play.example/game')
    expect(socketUrl('//other.example', 'https://play.example')).toBe('wss://other.example/tickwire')
  })

  it.each(['', 'localhost:2567', 'play.example', '/', 'ftp://play.example', 'ws://'])(
    '%j is none without a page, and the error shows what one looks like',
    (given) => {
      expect(() => socketUrl(given, null)).toThrow(ConfigError)
      expect(() => socketUrl(given, null)).toThrow(/url: expected an address such as 'ws:\/\/localhost:2567'/)
    },
  )

  it('says at once that an https page may not use ws://, and what it must be', () => {
    const page = 'https://play.example/'
    expect(() => socketUrl('ws://game.example:2567', page)).toThrow(
      /expected wss:\/\/game\.example:2567\/tickwire.*mixed content; give the server a certificate/,
    )
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'a.localhost']) {
      expect(socketUrl(`ws://${host}:1`, page)).toBe(`ws://${host}:1/tickwire`)
    }
  })
})

it('on a page from another machine localhost is not the server, and the error will say so', () => {
  const phone = 'http://192.168.1.5:5173/'
  expect(otherDevice('ws://localhost:2567/tickwire', phone)).toBe('localhost is the device that shows this page')
  for (const page of [null, 'http://localhost:5173/']) expect(otherDevice('ws://localhost:2567/', page)).toBe('')
  expect(otherDevice('ws://192.168.1.5:2567/', phone)).toBe('')
})

describe('the page', () => {
  it('is where the script runs, unless that has no host', () => {
    expect(pageUrl()).toBeNull()
    for (const [href, expected] of [
      ['https://play.example/a', 'https://play.example/a'],
      ['blob:https://play.example/123', null],
      ['file:///index.html', null],
    ] as const) {
      vi.stubGlobal('location', { href })
      expect(pageUrl()).toBe(expected)
    }
  })
})
