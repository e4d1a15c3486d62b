import { CLOSE, LIMITS } from '@tickwire/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { Heartbeat } from '../../../sdk/src/link/heartbeat.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { LinkSetup } from './link-setup.ts'

describe('a connection that falls silent', () => {
  it('is dropped within 10 s, and the seat is claimed on another', async () => {
    const t = new LinkSetup()
    await t.seat()
    const silent = t.connection
    const atMs = t.clock.nowMs()
    while (t.server.connections.length === 1 && t.clock.nowMs() < atMs + 20_000) await t.run(100)
    expect(t.clock.nowMs() - atMs).toBeLessThanOrEqual(10_000)
    expect(silent.closed?.code).toBe(CLOSE['liveness-timeout'].code)
    expect(t.connection.last('hello').resume?.seat?.channel).toBe(1)
    expect(t.states).toEqual(['online', 'resuming liveness-timeout'])
  })

  it('is kept while anything at all is heard', async () => {
    const t = new LinkSetup()
    await t.seat()
    for (let s = 0; s < 60; s++) {
      t.connection.send({ type: 'snapshot', channel: 1, bytes: new Uint8Array(1) })
      await t.run(1000)
    }
    expect(t.server.connections).toHaveLength(1)
  })
})

describe('the heartbeat', () => {
  let clock: FakeClock
  /** What a sleep adds: timers of the clock beneath come late by it. */
  let sleptMs = 0
  let pings: number[]
  let deaths: number
  let heartbeat: Heartbeat
  beforeEach(() => {
    clock = new FakeClock(0)
    sleptMs = 0
    pings = []
    deaths = 0
    const sleepy = {
      nowMs: () => clock.nowMs() + sleptMs,
      setTimer: (fn: () => void, ms: number) => clock.setTimer(fn, ms),
    }
    heartbeat = new Heartbeat(sleepy, { sendPing: (id) => pings.push(id), onDead: () => deaths++ })
    heartbeat.start()
  })

  it('pings three times at once and then every second', () => {
    expect(pings).toEqual([0, 1, 2])
    clock.advance(2500)
    expect(pings).toEqual([0, 1, 2, 3, 4])
  })

  it('does not take a late timer for a dead peer: after a sleep one more ping decides', () => {
    sleptMs = 600_000
    clock.advance(1000)
    expect(deaths).toBe(0)
    expect(pings).toHaveLength(4)
    heartbeat.heard()
    clock.advance(LIMITS.livenessTimeoutMs - 1)
    expect(deaths).toBe(0)
  })

  it('finds the peer dead when that ping is not answered either', () => {
    sleptMs = 600_000
    clock.advance(1000)
    clock.advance(2000)
    expect(deaths).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('judges a tab whose timers come once a minute by whether anything was heard in between', () => {
    for (let minute = 0; minute < 10; minute++) {
      sleptMs += 59_000
      clock.advance(1000)
      heartbeat.heard()
    }
    expect(deaths).toBe(0)
    sleptMs += 59_000
    clock.advance(1000)
    expect(deaths).toBe(0)
    sleptMs += 59_000
    clock.advance(1000)
    expect(deaths).toBe(1)
  })

  it('wants an answer within two seconds when something makes it doubt', () => {
    heartbeat.probe()
    heartbeat.probe()
    expect(pings).toHaveLength(4)
    clock.advance(2000)
    expect(deaths).toBe(1)
  })

  it('trusts again what answers a probe', () => {
    heartbeat.probe()
    clock.advance(500)
    heartbeat.heard()
    clock.advance(7000)
    expect(deaths).toBe(0)
  })

  it('knows when each ping was sent, once, and forgets those that nobody answers', () => {
    clock.advance(1000)
    expect(heartbeat.takeSent(3)).toBe(1000)
    expect(heartbeat.takeSent(3)).toBeNull()
    for (let s = 0; s < 40; s++) {
      clock.advance(1000)
      heartbeat.heard()
    }
    expect(heartbeat.takeSent(0)).toBeNull()
    expect(heartbeat.takeSent(43)).toBe(41_000)
  })

  it('sends at most four pings out of turn per second', () => {
    for (let i = 0; i < 10; i++) heartbeat.pingSoon()
    expect(pings).toHaveLength(7)
    clock.advance(1000)
    for (let i = 0; i < 10; i++) heartbeat.pingSoon()
    expect(pings).toHaveLength(12)
  })

  it('does nothing once stopped', () => {
    heartbeat.stop()
    heartbeat.probe()
    heartbeat.pingSoon()
    clock.advance(60_000)
    expect(pings).toHaveLength(3)
    expect(deaths).toBe(0)
  })
})
