import { beforeEach, describe, expect, it } from 'vitest'
import { Heartbeats } from '../../../server/src/link/heartbeats.ts'
import { Liveness } from '../../../server/src/link/liveness.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

let clock: FakeClock
let liveness: Liveness
let probes: number
let silences: number[]

beforeEach(() => {
  clock = new FakeClock()
  probes = 0
  silences = []
  liveness = new Liveness({
    clock,
    heartbeats: new Heartbeats(clock, 2000),
    heartbeatIntervalMs: 2000,
    livenessTimeoutMs: 8000,
    probe: () => probes++,
    onSilence: (ms) => silences.push(ms),
  })
})

describe('Liveness', () => {
  it('asks for a sign of life at every heartbeat', () => {
    clock.advance(6000)
    expect(probes).toBe(3)
    expect(silences).toEqual([])
  })

  it('asks nothing of a peer that is heard anyway', () => {
    for (let i = 0; i < 20; i++) {
      clock.advance(1000)
      liveness.heard(clock.nowMs())
    }
    expect(probes).toBe(0)
    clock.advance(4000)
    expect(probes).toBe(2)
  })

  it('reports silence once, within a heartbeat of the timeout', () => {
    clock.advance(60_000)
    expect(silences).toEqual([10_000])
    expect(clock.pending).toBe(0)
  })

  it('is content with anything that is heard', () => {
    for (let i = 0; i < 20; i++) {
      clock.advance(7000)
      liveness.heard(clock.nowMs())
    }
    expect(silences).toEqual([])
  })

  it('takes a late timer for a sleep of its own, not for a silence of the peer', () => {
    let nowMs = 0
    let fire = (): void => {}
    const sleepy = { nowMs: () => nowMs, setTimer: (fn: () => void) => ((fire = fn), { cancel: () => {} }) }
    let silence: number | null = null
    const heartbeats = new Heartbeats(sleepy, 2000)
    const options = { clock: sleepy, heartbeats, heartbeatIntervalMs: 2000, livenessTimeoutMs: 8000, probe: () => {} }
    const asleep = new Liveness({ ...options, onSilence: (ms) => (silence = ms) })
    nowMs = 3_600_000
    fire()
    expect(silence).toBeNull()
    for (let i = 0; i < 4; i++) {
      nowMs += 2000
      fire()
    }
    expect(silence).toBe(10_000)
    asleep.stop()
  })

  it('leaves no timer behind', () => {
    liveness.stop()
    expect(clock.pending).toBe(0)
  })
})
