import { beforeEach, describe, expect, it } from 'vitest'
import { CLOSE, ConfigError } from '@tickwire/protocol'
import { welcome } from '../fake-server.ts'
import { LinkSetup } from './link-setup.ts'

let t: LinkSetup
let asked: number

beforeEach(() => {
  t = new LinkSetup()
  asked = 0
})

describe('a ticket that is made for each connection', () => {
  const next = async (): Promise<string> => `ticket ${++asked}`

  it('is asked for again when the first was used up by a connection that broke', async () => {
    t.link = t.makeLink(t.server.connect, next)
    t.join()
    await t.run(0)
    expect(t.connection.last('hello').ticket).toBe('ticket 1')
    t.connection.close(CLOSE['try-later'].code)
    await t.run(0)
    expect(t.server.connections).toHaveLength(2)
    expect(t.connection.last('hello').ticket).toBe('ticket 2')
    expect(t.connection.messages.map(({ type }) => type)).toEqual(['hello', 'reliable'])
  })

  it('that comes when its connection is gone is for nobody', async () => {
    const answers: ((ticket: string) => void)[] = []
    t.link = t.makeLink(t.server.connect, () => new Promise((resolve) => answers.push(resolve)))
    t.join()
    await t.run(0)
    t.connection.close(CLOSE['try-later'].code)
    await t.run(0)
    answers[0]!('late')
    await t.run(0)
    expect(t.connection.packets).toEqual([])
    answers[1]!('fresh')
    await t.run(0)
    expect(t.connection.last('hello').ticket).toBe('fresh')
  })

  it('fails the join with its own error', async () => {
    const error = new Error('log in first')
    t.link = t.makeLink(t.server.connect, () => Promise.reject(error))
    t.join()
    await t.run(0)
    expect(t.failure).toBe(error)
    expect(t.link.connection).toMatchObject({ phase: 'closed', reason: { name: 'auth-failed' } })
  })

  it('is not sent when it is none', async () => {
    t.link = t.makeLink(t.server.connect, () => 7 as never)
    t.join()
    await t.run(0)
    expect(t.failure).toBeInstanceOf(ConfigError)
  })

  it('is not needed to resume: the token opens the link, whatever fails', async () => {
    let isUp = true
    const fetched = (): string => {
      if (isUp) return 'ticket'
      throw new Error('offline')
    }
    t.link = t.makeLink(t.server.connect, fetched)
    await t.seat()
    isUp = false
    t.server.connect.cut()
    await t.run(0)
    expect(t.connection.last('hello')).toMatchObject({ ticket: '', resume: { receivedSeq: 1 } })
    t.connection.welcome({ resumed: true, seatResumed: true, receivedSeq: 1 })
    await t.run(0)
    expect(t.link.connection.phase).toBe('online')
    expect(t.reports).toEqual(['no ticket for the server'])
  })
})

describe('a server that stops', () => {
  async function sendAway(address: string): Promise<void> {
    await t.seat()
    t.connection.send({ type: 'goingAway', retryAfterMs: 1000, address })
    t.connection.close(CLOSE['going-away'].code)
    await t.run(3000)
  }

  it('[HSK10] says where else to go: the next connection is there', async () => {
    await sendAway('wss://other.test/play')
    expect(t.server.urls.at(-1)).toBe('wss://other.test/play')
    t.connection.send(welcome({ resumed: false }))
    await t.run(0)
    expect(t.room.endedBy?.name).toBe('expired')
    expect([t.link.connection.phase, t.link.url]).toEqual(['online', 'wss://other.test/play'])
  })

  it('[HSK10] and names no address, or one that is none, is come back to', async () => {
    await sendAway('')
    expect(new Set(t.server.urls).size).toBe(1)
    const other = t
    t = new LinkSetup()
    await sendAway('gopher://x')
    expect(t.server.urls).toEqual(other.server.urls)
    expect(t.reports).toEqual(['the server sent us to gopher://x, which is no address'])
  })
})
