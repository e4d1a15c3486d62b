import { describe, expect, it } from 'vitest'
import { ResumeStore } from '../../../sdk/src/link/resume.ts'
import type { StoredSeat, Tab } from '../../../sdk/src/link/resume.ts'
import type { TabLocks } from '../../../sdk/src/link/tab-locks.ts'
import { bytesOf } from '../fake-server.ts'
import { FakePage, FakeStorage } from './link-setup.ts'

const seat: StoredSeat = {
  url: 'ws://b',
  linkId: bytesOf(1),
  token: bytesOf(2),
  game: 'arena',
  channel: 1,
  epoch: 7,
  isSpectator: false,
}

/** What the pages of one browser hold. */
class FakeLocks implements TabLocks {
  readonly held = new Map<string, number>()
  hold(name: string): () => void {
    this.held.set(name, (this.held.get(name) ?? 0) + 1)
    let isOver = false
    return () => {
      if (!isOver) this.held.set(name, this.held.get(name)! - 1)
      isOver = true
    }
  }
  isHeld(name: string): Promise<boolean> {
    return Promise.resolve((this.held.get(name) ?? 0) > 0)
  }
  get count(): number {
    return [...this.held.values()].reduce((sum, one) => sum + one, 0)
  }
}

/** A browser; each page is in a tab that has a storage of its own. */
class FakeBrowser {
  readonly locks: FakeLocks | null
  constructor(locks: FakeLocks | null = new FakeLocks()) {
    this.locks = locks
  }
  open(storage = new FakeStorage()) {
    const page = new FakePage()
    const tab: Tab = { page, locks: this.locks }
    return { storage, page, store: new ResumeStore(storage, 'ws://b', tab) }
  }
  /** As `window.open` and "Duplicate tab" do: the storage is copied as it stands. */
  duplicate({ storage }: { storage: FakeStorage }) {
    const copy = new FakeStorage()
    for (const [key, value] of storage.items) copy.setItem(key, value)
    return this.open(copy)
  }
  crash(): void {
    this.locks?.held.clear()
  }
}

describe('a page that was reloaded', () => {
  it.each([new FakeLocks(), null])('finds its seat, with locks or without', async (locks) => {
    const browser = new FakeBrowser(locks)
    const { store, page, storage } = browser.open()
    store.save(seat)
    page.fire('hide')
    expect(await browser.open(storage).store.claim()).toEqual(seat)
    expect(locks?.count ?? 0).toBe(0)
  })

  it('finds its seat also when it had crashed and could not say that it goes', async () => {
    const browser = new FakeBrowser()
    const { store, storage } = browser.open()
    store.save(seat)
    browser.crash()
    expect(await browser.open(storage).store.claim()).toEqual(seat)
  })

  it('has the newest token', async () => {
    const browser = new FakeBrowser()
    const { store, page, storage } = browser.open()
    store.save(seat)
    store.save({ ...seat, token: bytesOf(3) })
    page.fire('hide')
    expect(await browser.open(storage).store.claim()).toMatchObject({ token: bytesOf(3) })
  })
})

describe('a tab that was duplicated', () => {
  it('finds no seat in its copy of the storage, and forgets the copy', async () => {
    const browser = new FakeBrowser()
    const original = browser.open()
    original.store.save(seat)
    const copy = browser.duplicate(original)
    expect(await copy.store.claim()).toBeNull()
    expect(copy.storage.items.size).toBe(0)
    expect(original.store.load()).toEqual(seat)
  })

  it('finds none where pages cannot see each other either: better no seat than a stolen one', async () => {
    const browser = new FakeBrowser(null)
    const original = browser.open()
    original.store.save(seat)
    expect(await browser.duplicate(original).store.claim()).toBeNull()
  })

  it('finds none when the platform fails to answer', async () => {
    const locks = new FakeLocks()
    locks.isHeld = () => Promise.reject(new DOMException('denied', 'SecurityError'))
    const browser = new FakeBrowser(locks)
    const original = browser.open()
    original.store.save(seat)
    expect(await browser.duplicate(original).store.claim()).toBeNull()
  })

  it('keeps a seat of its own, apart from that of the original', async () => {
    const browser = new FakeBrowser()
    const original = browser.open()
    original.store.save(seat)
    const copy = browser.duplicate(original)
    await copy.store.claim()
    const own = { ...seat, linkId: bytesOf(9) }
    copy.store.save(own)
    copy.page.fire('hide')
    expect(await browser.open(copy.storage).store.claim()).toEqual(own)
    original.page.fire('hide')
    expect(await browser.open(original.storage).store.claim()).toEqual(seat)
  })

  it('of one that is back from the back/forward cache finds none', async () => {
    const browser = new FakeBrowser()
    const original = browser.open()
    original.store.save(seat)
    original.page.fire('hide')
    expect(browser.locks!.count).toBe(0)
    original.page.fire('show')
    expect(await browser.duplicate(original).store.claim()).toBeNull()
  })
})

describe('what a page holds', () => {
  it('is one lock per link, and none when its seat is over', () => {
    const browser = new FakeBrowser()
    const { store, page } = browser.open()
    store.save(seat)
    store.save({ ...seat, token: bytesOf(3) })
    expect(browser.locks!.count).toBe(1)
    store.save({ ...seat, linkId: bytesOf(4) })
    expect(browser.locks!.count).toBe(1)
    store.clear()
    expect([browser.locks!.count, page.listeners.size]).toEqual([0, 0])
  })

  it('is not taken for a copy by the page itself', async () => {
    const { store, storage } = new FakeBrowser().open()
    store.save(seat)
    expect(await store.claim()).toEqual(seat)
    expect(storage.items.size).toBe(1)
  })

  it('is written back by nobody after its seat is over', () => {
    const { store, page, storage } = new FakeBrowser().open()
    store.save(seat)
    store.clear()
    page.fire('hide')
    page.fire('show')
    expect(storage.items.size).toBe(0)
  })
})
