import { afterEach, describe, expect, it, vi } from 'vitest'
import { ResumeStore, tabStorage } from '../../../sdk/src/link/resume.ts'
import { bytesOf } from '../fake-server.ts'
import { FakeStorage } from './link-setup.ts'

const seat = {
  url: 'ws://b/tickwire',
  linkId: bytesOf(0xab),
  token: bytesOf(0x01),
  game: 'arena',
  channel: 3,
  epoch: 0xffff_ffff,
  isSpectator: true,
}

afterEach(() => vi.unstubAllGlobals())

describe('the resume store', () => {
  it('gives back what it keeps, per address of the client', () => {
    const storage = new FakeStorage()
    new ResumeStore(storage, 'ws://a').save(seat)
    expect(new ResumeStore(storage, 'ws://a').load()).toEqual(seat)
    expect(new ResumeStore(storage, 'ws://c').load()).toBeNull()
    new ResumeStore(storage, 'ws://a').clear()
    expect(storage.items.size).toBe(0)
  })

  it.each([
    'not json',
    'null',
    '[]',
    '{}',
    JSON.stringify({ url: 'ws://b', linkId: 'zz'.repeat(16), token: '00'.repeat(16), game: 'a', channel: 1, epoch: 1 }),
    JSON.stringify({ url: 'ws://b', linkId: '00'.repeat(16), token: '00', game: 'a', channel: 1, epoch: 1 }),
    JSON.stringify({ url: 'ws://b', linkId: '00'.repeat(16), token: '00'.repeat(16), game: 1, channel: 1, epoch: 1 }),
    JSON.stringify({
      url: 'ws://b',
      linkId: '00'.repeat(16),
      token: '00'.repeat(16),
      game: 'a',
      channel: -1,
      epoch: 1,
    }),
    JSON.stringify({
      url: 'ws://b',
      linkId: '00'.repeat(16),
      token: '00'.repeat(16),
      game: 'a',
      channel: 1,
      epoch: 2 ** 32,
    }),
    JSON.stringify({ linkId: '00'.repeat(16), token: '00'.repeat(16), game: 'a', channel: 1, epoch: 1 }),
  ])('takes nonsense for nothing: %s', (text) => {
    const storage = new FakeStorage()
    storage.setItem('tickwire:ws://a', text)
    expect(new ResumeStore(storage, 'ws://a').load()).toBeNull()
  })

  it('costs only the resume when storage is absent or throws', () => {
    const fail = (): never => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    for (const storage of [null, { getItem: fail, setItem: fail, removeItem: fail }]) {
      const store = new ResumeStore(storage, 'ws://a')
      store.save(seat)
      store.clear()
      expect(store.load()).toBeNull()
    }
  })
})

describe('the storage of a tab', () => {
  it('is that of the window, and nothing where there is none or where it is forbidden', () => {
    expect(tabStorage()).toBeNull()
    const storage = new FakeStorage()
    vi.stubGlobal('sessionStorage', storage)
    expect(tabStorage()).toBe(storage)
    vi.unstubAllGlobals()
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    })
    expect(tabStorage()).toBeNull()
    Reflect.deleteProperty(globalThis, 'sessionStorage')
  })
})
