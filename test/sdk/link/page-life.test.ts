import { CLOSE } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { browserPageLife } from '../../../sdk/src/link/page-life.ts'
import { LinkSetup } from './link-setup.ts'

describe('a page with a seat', () => {
  let t: LinkSetup
  beforeEach(async () => {
    t = new LinkSetup()
    await t.seat()
  })

  it('closes when it is left, so that it may be kept, and claims its seat when it is shown again', async () => {
    t.page.fire('hide')
    await t.run(0)
    expect(t.connection.closed?.code).toBe(CLOSE['going-away'].code)
    await t.run(120_000)
    expect(t.server.connections).toHaveLength(1)
    expect(t.link.connection).toMatchObject({ phase: 'resuming', reason: { name: 'away' } })
    t.page.fire('show')
    await t.run(0)
    expect(t.connection.last('hello').resume?.seat?.channel).toBe(1)
  })

  it.each(['online', 'visible'] as const)('reconnects at once on "%s", whatever the backoff was', async (event) => {
    t.server.isUp = false
    t.server.connect.cut()
    await t.run(10_000)
    t.server.isUp = true
    const before = t.server.urls.length
    t.page.fire(event)
    await t.run(0)
    expect(t.server.urls).toHaveLength(before + 1)
    expect(t.server.connections).toHaveLength(2)
  })

  it.each(['online', 'offline', 'visible'] as const)(
    'probes on "%s" instead of replacing a connection that may be alive',
    async (event) => {
      await t.run(500)
      const before = t.connection.packets.length
      t.page.fire(event)
      await t.run(0)
      expect(t.connection.packets.slice(before).flat()).toMatchObject([{ type: 'ping' }])
      expect(t.server.connections).toHaveLength(1)
      await t.run(3000)
      expect(t.connection).not.toBe(t.server.connections[0])
    },
  )

  it('does nothing on "show" or "visible" while it is greeting', async () => {
    t.server.connect.cut()
    await t.run(0)
    for (const event of ['show', 'visible', 'online', 'offline'] as const) t.page.fire(event)
    await t.run(0)
    expect(t.server.connections).toHaveLength(2)
  })

  it('that is left while it waits to reconnect waits for "show" alone', async () => {
    t.server.isUp = false
    t.server.connect.cut()
    await t.run(300)
    t.page.fire('hide')
    t.server.isUp = true
    t.page.fire('visible')
    await t.run(60_000)
    expect(t.server.connections).toHaveLength(1)
    t.page.fire('show')
    await t.run(0)
    expect(t.server.connections).toHaveLength(2)
  })
})

describe('a page before its first join', () => {
  it('has nothing to close', async () => {
    const t = new LinkSetup()
    t.page.fire('hide')
    t.page.fire('show')
    await t.run(0)
    expect(t.server.urls).toEqual([])
  })

  it('that is left during the join goes on with it when it is shown', async () => {
    const t = new LinkSetup()
    t.join()
    await t.run(0)
    t.page.fire('hide')
    await t.run(100)
    t.page.fire('show')
    await t.run(0)
    expect(t.server.connections).toHaveLength(2)
    expect(t.connection.join.game).toBe('arena')
  })
})

describe('the page life of a browser', () => {
  class FakeDocument extends EventTarget {
    visibilityState = 'visible'
  }
  class FakeWindow extends EventTarget {
    readonly document = new FakeDocument()
  }
  const named = (type: string, fields = {}): Event => Object.assign(new Event(type), fields)

  it('translates the events of window and document, and stops when asked', () => {
    const window = new FakeWindow()
    const heard: string[] = []
    const stop = browserPageLife(window)!.listen((event) => heard.push(event))
    for (const type of ['online', 'offline', 'pagehide']) window.dispatchEvent(named(type))
    window.dispatchEvent(named('pageshow', { persisted: false }))
    window.dispatchEvent(named('pageshow', { persisted: true }))
    window.document.dispatchEvent(named('visibilitychange'))
    window.document.visibilityState = 'hidden'
    window.document.dispatchEvent(named('visibilitychange'))
    expect(heard).toEqual(['online', 'offline', 'hide', 'show', 'visible'])
    stop()
    window.dispatchEvent(named('online'))
    expect(heard).toHaveLength(5)
  })

  it('is absent in a Worker and in Node', () => {
    expect(browserPageLife(new EventTarget())).toBeNull()
    expect(browserPageLife()).toBeNull()
  })
})
