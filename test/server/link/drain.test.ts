import { describe, expect, it } from 'vitest'
import { CLOSE } from '@tickwire/protocol'
import { joinItem, settle, testServer } from '../helpers.ts'

const GOING_AWAY = CLOSE['going-away'].code

describe('a server that drains', () => {
  it('says at once that it is not ready', () => {
    const { server } = testServer()
    expect(server.isReady).toBe(true)
    void server.drain(5000, '')
    expect(server.isReady).toBe(false)
  })

  it('tells who has no seat when to come back, and lets him go', () => {
    const { server, connect } = testServer()
    const idle = connect()
    idle.hello()
    void server.drain(5000, '')
    expect(idle.messages.at(-1)).toEqual({ type: 'goingAway', retryAfterMs: 1000, address: '' })
    expect(idle.closed?.code).toBe(GOING_AWAY)
  })

  it('[HSK10] tells whoever comes new the same, before there is a link', () => {
    const { server, connect, clock } = testServer({ authenticate: () => ({ id: 'ada' }) })
    void server.drain(1000, '')
    const late = connect()
    late.hello()
    expect(late.messages).toEqual([{ type: 'goingAway', retryAfterMs: 1000, address: '' }])
    expect(late.closed?.code).toBe(GOING_AWAY)
    clock.advance(2000)
    expect(server.stats).toMatchObject({ linksOnline: 0, linksDropped: 0 })
    expect(server.stats.counters.authFailures).toBe(0)
  })

  it('[HSK10] tells where to come back, too, and its rooms that it stops', async () => {
    const { server, join, connect } = testServer()
    const { client, room } = await join()
    const idle = connect()
    idle.hello()
    void server.drain(5000, 'wss://b.example')
    expect(room.log.at(-1)).toBe('drain')
    expect(client.closed).toBeNull()
    const farewell = { type: 'goingAway', retryAfterMs: 1000, address: 'wss://b.example' }
    expect(idle.messages.at(-1)).toEqual(farewell)
    void server.close()
    expect(client.messages.at(-1)).toEqual(farewell)
  })

  it('lets those who play go on, until their seats end', async () => {
    const { server, join, clock } = testServer()
    const { client, room } = await join()
    let isDone = false
    void server.drain(60_000, '').then(() => (isDone = true))
    for (let i = 0; i < 50; i++) {
      client.say({ channel: 1, inputs: i })
      clock.advance(100)
      await settle()
    }
    expect([client.closed, isDone]).toEqual([null, false])
    expect(room.log.at(-1)).toBe('inputs 0: 49')
    room.kick(0, 'round-over')
    clock.advance(100)
    await settle()
    expect([client.closed?.code, isDone]).toEqual([GOING_AWAY, true])
  })

  it('waits for nobody longer than the grace', async () => {
    const { server, join, clock } = testServer()
    const { client } = await join()
    let isDone = false
    void server.drain(5000, '').then(() => (isDone = true))
    for (let ms = 0; ms < 4900; ms += 100) {
      clock.advance(100)
      await settle()
    }
    expect(isDone).toBe(false)
    clock.advance(100)
    await settle()
    expect(isDone).toBe(true)
    expect(client.closed).toBeNull()
    void server.close()
    expect(client.messages.at(-1)).toEqual({ type: 'goingAway', retryAfterMs: 1000, address: '' })
    expect(client.closed?.code).toBe(GOING_AWAY)
  })

  it('gives no new seat to a link that has left its own', async () => {
    const { server, join } = testServer()
    const { client } = await join()
    void server.drain(60_000, '')
    const again = joinItem({ channel: 2 })
    client.say(client.item({ type: 'leave', channel: 1 }), client.item(again))
    await settle()
    expect(client.items.at(-1)).toMatchObject({ type: 'joinRefused', channel: 2, code: 'server-draining' })
    expect(server.stats.counters.joinsRefused).toBe(1)
  })

  it('finishes a join that has begun: its player was promised a seat', async () => {
    const { server, connect, maker } = testServer()
    let letIn: () => void = () => {}
    maker.prepare = (room) => (room.onJoin = () => new Promise((resolve) => (letIn = resolve)))
    const client = connect()
    client.enter()
    await settle()
    void server.drain(60_000, '')
    expect(client.closed).toBeNull()
    letIn()
    await settle()
    expect(client.items.at(-1)?.type).toBe('joined')
  })

  it('still gives a dropped seat back', async () => {
    const { server, join, connect } = testServer()
    const { client, room } = await join()
    client.cut()
    void server.drain(60_000, '')
    const again = connect()
    again.hello(client.claim(room))
    expect(again.welcome).toMatchObject({ resumed: true, seatResumed: true })
  })
})
