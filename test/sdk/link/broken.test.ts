import { beforeEach, describe, expect, it } from 'vitest'
import { LinkSetup } from './link-setup.ts'

let t: LinkSetup

beforeEach(async () => {
  t = new LinkSetup()
  await t.seat()
})

const meaning = (): string => {
  const { connection } = t.link
  return 'reason' in connection ? connection.reason.meaning : ''
}

describe('a connection that breaks without a word (1006)', () => {
  it('is explained by how long it had lasted', async () => {
    await t.run(4000)
    t.server.isUp = false
    t.server.connect.cut()
    await t.run(0)
    expect(t.link.connection).toMatchObject({
      phase: 'resuming',
      reason: { code: 1006, name: 'abnormal', retry: true },
    })
    expect(meaning()).toContain('after 4 s, without a word: the network is gone, or a proxy or the server was ended')
  })

  it('is explained by what the browser says of its network', async () => {
    t.page.fire('offline')
    t.server.isUp = false
    t.server.connect.cut()
    await t.run(0)
    expect(meaning()).toContain('(this machine is offline)')
  })

  it('is explained by what it had come to', async () => {
    t = new LinkSetup()
    t.join()
    await t.run(0)
    t.server.connect.cut()
    t.server.isUp = false
    await t.run(0)
    expect(meaning()).toContain('(before the server had answered)')
    t = new LinkSetup()
    t.server.isUp = false
    t.join()
    await t.run(0)
    expect(meaning()).toContain('(no answer: the server is down, or something on the way does not pass WebSockets)')
  })
})
