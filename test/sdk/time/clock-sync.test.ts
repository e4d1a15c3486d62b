import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { Heartbeat } from '../../../sdk/src/link/heartbeat.ts'
import { PingClock } from '../../../sdk/src/time/clock-sync.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

const RATE_HZ = 60
const PER_MS = RATE_HZ / 1000

interface Net {
  upMs: number
  downMs: number
  /** Uniform extra delay each way. */
  jitterMs: number
  /** How much faster the client's clock runs. */
  drift: number
}

/** A client that pings a server over a network; all in the client's time, but for the delays. */
class PingSetup {
  readonly clock = new FakeClock(0)
  readonly sync = new PingClock(RATE_HZ)
  readonly net: Net = { upMs: 20, downMs: 20, jitterMs: 0, drift: 0 }
  pings = 0
  private readonly random = new Random(7)
  private readonly heartbeat = new Heartbeat(this.clock, { sendPing: (id) => this.ping(id), onDead: () => {} })

  start(): void {
    this.heartbeat.start()
  }

  /** The room began at 1000 ticks; the server's time is slower by the client's drift. */
  truth(nowMs: number): number {
    return 1000 + (nowMs / (1 + this.net.drift)) * PER_MS
  }

  get errorTicks(): number {
    const nowMs = this.clock.nowMs()
    return this.sync.serverTicksAt(nowMs) - this.truth(nowMs)
  }

  /** The largest error of the given time, looked at in every frame. */
  worstError(forMs: number): number {
    let worst = 0
    for (const endMs = this.clock.nowMs() + forMs; this.clock.nowMs() < endMs;) {
      this.clock.advance(16)
      worst = Math.max(worst, Math.abs(this.errorTicks))
    }
    return worst
  }

  private ping(id: number): void {
    this.pings++
    const { upMs, downMs, jitterMs } = this.net
    this.clock.setTimer(
      () => {
        const tick = this.truth(this.clock.nowMs())
        this.clock.setTimer(() => this.pong(id, tick), downMs + jitterMs * this.random.next())
      },
      upMs + jitterMs * this.random.next(),
    )
  }

  private pong(id: number, tick: number): void {
    this.heartbeat.heard()
    const sentMs = this.heartbeat.takeSent(id)
    if (sentMs === null) return
    this.sync.addPong({ sentMs, receivedMs: this.clock.nowMs(), holdMs: 0, tick })
    if (this.sync.wantsPing) this.heartbeat.pingSoon()
  }
}

function started(net: Partial<Net> = {}): PingSetup {
  const setup = new PingSetup()
  Object.assign(setup.net, net)
  setup.start()
  return setup
}

describe('the clock sync', () => {
  it('is ready with the first pong, and right', () => {
    const setup = started()
    expect(setup.sync.isReady).toBe(false)
    setup.clock.advance(40)
    expect(setup.sync.isReady).toBe(true)
    expect(setup.sync.rttMs).toBe(40)
    expect(setup.errorTicks).toBeCloseTo(0, 6)
  })

  it('takes the time that the server held a ping for no part of the way', () => {
    const sync = new PingClock(RATE_HZ)
    sync.addPong({ sentMs: 0, receivedMs: 140, holdMs: 100, tick: 500 })
    expect(sync.rttMs).toBe(40)
    expect(sync.serverTicksAt(140)).toBeCloseTo(500 + 20 * PER_MS, 9)
    sync.addPong({ sentMs: 200, receivedMs: 210, holdMs: 12, tick: 505 })
    expect(sync.rttMs).toBeGreaterThanOrEqual(0)
  })

  it('has a step of the round trip from 3 to 150 ms within 20 % after 2 s, whenever it comes', () => {
    for (let offsetMs = 0; offsetMs < 1000; offsetMs += 50) {
      const setup = started({ upMs: 1.5, downMs: 1.5 })
      setup.clock.advance(20_000 + offsetMs)
      Object.assign(setup.net, { upMs: 75, downMs: 75 })
      setup.clock.advance(2000)
      expect(Math.abs(setup.sync.rttMs - 150)).toBeLessThan(30)
      Object.assign(setup.net, { upMs: 1.5, downMs: 1.5 })
      setup.clock.advance(2000)
      expect(setup.sync.rttMs).toBeLessThan(3.6)
    }
  })

  it('keeps the room’s time through a step that comes on one way only', () => {
    const setup = started({ upMs: 1.5, downMs: 1.5 })
    setup.clock.advance(10_000)
    Object.assign(setup.net, { upMs: 75, downMs: 75 })
    expect(setup.worstError(10_000)).toBeLessThan(1)
  })

  it('is not moved by a stall of 300 ms', () => {
    const setup = started()
    setup.clock.advance(10_000)
    Object.assign(setup.net, { upMs: 320 })
    setup.clock.advance(1000)
    Object.assign(setup.net, { upMs: 20 })
    expect(setup.worstError(5000)).toBeLessThan(1)
    expect(setup.sync.rttMs).toBeLessThan(48)
  })

  it('keeps the room’s time through pongs that come seconds late', () => {
    const setup = started()
    setup.clock.advance(10_000)
    Object.assign(setup.net, { upMs: 2000 })
    setup.clock.advance(1500)
    Object.assign(setup.net, { upMs: 20 })
    expect(setup.worstError(5000)).toBeLessThan(2)
    expect(setup.sync.rttMs).toBeLessThan(60)
  })

  it('is within two ticks at 150 ms and 30 ms of jitter each way, from one second on', () => {
    const setup = started({ upMs: 75, downMs: 75, jitterMs: 30 })
    setup.clock.advance(1000)
    expect(setup.worstError(60_000)).toBeLessThan(2)
  })

  it('follows a client’s clock that runs 5 % fast or slow to a tick', () => {
    for (const drift of [0.05, -0.05]) {
      const setup = started({ drift })
      setup.clock.advance(20_000)
      expect(setup.worstError(20_000)).toBeLessThan(1)
    }
  })

  it('never runs back while it corrects itself, and jumps only when far off', () => {
    const setup = started({ upMs: 60, downMs: 20, jitterMs: 20 })
    setup.clock.advance(100)
    let last = setup.sync.serverTicksAt(setup.clock.nowMs())
    for (let frame = 0; frame < 2000; frame++) {
      setup.clock.advance(16)
      const now = setup.sync.serverTicksAt(setup.clock.nowMs())
      expect(now).toBeGreaterThan(last)
      last = now
    }
    const nowMs = setup.clock.nowMs()
    setup.sync.addPong({ sentMs: nowMs - 40, receivedMs: nowMs, holdMs: 0, tick: 50_000 })
    expect(setup.sync.serverTicksAt(nowMs)).toBeCloseTo(50_000 + 20 * PER_MS, 6)
  })

  it('starts over on a new connection, while the room’s time runs on', () => {
    const setup = started()
    setup.clock.advance(10_000)
    setup.sync.reset()
    expect(setup.sync.isReady).toBe(false)
    expect(setup.errorTicks).toBeCloseTo(0, 6)
    Object.assign(setup.net, { upMs: 75, downMs: 75 })
    setup.clock.advance(2000)
    expect(setup.sync.isReady).toBe(true)
    expect(setup.sync.rttMs).toBeCloseTo(150, 6)
    expect(setup.sync.minRttMs).toBeCloseTo(150, 6)
  })

  it('costs about one ping a second on a steady network, and at most five on the worst', () => {
    const calm = started()
    calm.clock.advance(60_000)
    expect(calm.pings).toBeLessThan(70)
    const wild = started({ upMs: 1, downMs: 1, jitterMs: 400 })
    wild.clock.advance(60_000)
    expect(wild.pings).toBeLessThan(5 * 61)
  })
})
