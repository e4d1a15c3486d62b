import { describe, expect, it } from 'vitest'
import { Pacer } from '../../../sdk/src/time/pacer.ts'

const TICKS_PER_MS = 60 / 1000
const FRAME_MS = 1000 / 60
const START_TICK = 1000

/** A pacer at 60 Hz with a server that answers each tick's input with its slack, a fixed way later. */
class Loop {
  readonly pacer = new Pacer(60, 2)
  nowMs = 5000
  rttMs = 40
  /** How much longer the way up takes than half of the round trip, in ticks. */
  extraTicks = 0
  clockRate = 1
  readonly ticks: number[] = []
  /** Slack of every input so far. */
  readonly slacks: number[] = []
  private readonly replies: { readonly atMs: number; readonly tick: number; readonly slack: number }[] = []

  /** How wrong the estimate of the server's time is. */
  errorTicks = 0

  get serverTicks(): number {
    return START_TICK + (this.nowMs - 5000) * TICKS_PER_MS * this.clockRate
  }

  frame(frameMs = FRAME_MS): number {
    this.nowMs += frameMs
    const timing = { serverTicks: this.serverTicks + this.errorTicks, rttMs: this.rttMs, jitterMs: 0 }
    const due = this.pacer.advance(this.nowMs, timing)
    for (let tick = this.pacer.tick - due + 1; tick <= this.pacer.tick; tick++) this.send(tick)
    while (this.replies[0] !== undefined && this.replies[0].atMs <= this.nowMs) {
      const { tick, slack } = this.replies.shift()!
      this.pacer.addSlack(tick, slack, this.nowMs)
    }
    return due
  }

  run(ms: number, frameMs = FRAME_MS): void {
    for (let passed = 0; passed < ms; passed += frameMs) this.frame(frameMs)
  }

  /** Slack that an input sent now would have. */
  get slackNow(): number {
    const arrival = this.serverTicks + (this.rttMs / 2) * TICKS_PER_MS + this.extraTicks
    return this.pacer.leadTicks + this.errorTicks + this.serverTicks - arrival
  }

  private send(tick: number): void {
    this.ticks.push(tick)
    const arrival = this.serverTicks + (this.rttMs / 2) * TICKS_PER_MS + this.extraTicks
    this.slacks.push(tick - arrival)
    // The header is that of the next tick after it came.
    this.replies.push({ atMs: this.nowMs + this.rttMs, tick: Math.ceil(arrival), slack: tick - arrival })
  }
}

describe('the pacer', () => {
  it('starts ahead of the server by the way up and a margin, with one tick', () => {
    const loop = new Loop()
    expect(loop.frame()).toBe(1)
    expect(loop.pacer.leadTicks).toBeGreaterThan(0.02 * 60)
    expect(loop.pacer.leadTicks).toBeLessThan(0.02 * 60 + 4)
  })

  it('makes each tick once and in order, at the rate of the server', () => {
    const loop = new Loop()
    loop.run(5000)
    expect(loop.ticks.every((tick, i) => i === 0 || tick === loop.ticks[i - 1]! + 1)).toBe(true)
    expect(loop.ticks.length).toBeGreaterThan(295)
    expect(loop.ticks.length).toBeLessThan(305)
  })

  it('makes the same ticks at 144 frames per second as at 20', () => {
    for (const frameMs of [1000 / 144, 50]) {
      const loop = new Loop()
      loop.run(5000, frameMs)
      expect(loop.ticks.every((tick, i) => i === 0 || tick === loop.ticks[i - 1]! + 1)).toBe(true)
      expect(Math.abs(loop.ticks.length - 300)).toBeLessThan(6)
    }
  })

  it('settles at the slack that it aims at, and stays there', () => {
    const loop = new Loop()
    loop.extraTicks = 2.5
    loop.run(4000)
    const settled = loop.slackNow
    expect(settled).toBeGreaterThan(0.5)
    expect(settled).toBeLessThan(2.5)
    loop.run(10_000)
    // Frames and ticks beat: the same slack is seen a little earlier or later in its frame.
    expect(Math.abs(loop.slackNow - settled)).toBeLessThan(0.6)
  })

  it.each([30, 60, 144])(
    'lets no input come late at %i frames per second, at whatever moment of a tick they are drawn',
    (hz) => {
      const loop = new Loop()
      loop.extraTicks = 0.3
      loop.run(4000, 1000 / hz)
      loop.slacks.length = 0
      // A little off a multiple of the tick, so that every phase has its turn.
      loop.run(20_000, 1000 / (hz * 0.999))
      expect(Math.min(...loop.slacks)).toBeGreaterThan(0)
      expect(Math.max(...loop.slacks)).toBeLessThan(0.5 + 2 * Math.max(1, 60 / hz))
    },
  )

  it('changes speed by at most 5 % to get there, and does not swing', () => {
    const loop = new Loop()
    loop.run(4000)
    loop.extraTicks = -2.5
    let last = loop.pacer.tick + loop.pacer.fraction
    const slacks: number[] = []
    for (let i = 0; i < 300; i++) {
      loop.frame()
      const position = loop.pacer.tick + loop.pacer.fraction
      const speed = position - last
      last = position
      expect(speed).toBeGreaterThan(0.949)
      expect(speed).toBeLessThan(1.051)
      slacks.push(loop.slackNow)
    }
    expect(slacks.at(-1)).toBeLessThan(2)
    expect(Math.min(...slacks)).toBeGreaterThan(0.5)
  })

  it('jumps when inputs come far too late, and skips the ticks that are past', () => {
    const loop = new Loop()
    loop.run(3000)
    const before = loop.pacer.tick
    loop.extraTicks = 20
    loop.run(500)
    expect(loop.pacer.tick).toBeGreaterThan(before + 30 + 15)
    expect(loop.ticks.length).toBeLessThan(3.5 * 60 + 8)
    expect(loop.slackNow).toBeGreaterThan(0.5)
  })

  it('waits when it is far too early, without running a tick twice', () => {
    const loop = new Loop()
    loop.extraTicks = 25
    loop.run(3000)
    loop.extraTicks = 0
    loop.run(3000)
    expect(loop.slackNow).toBeLessThan(3)
    expect(new Set(loop.ticks).size).toBe(loop.ticks.length)
  })

  it('goes on by what the server says of its inputs when the estimate of the time leaps, there and back', () => {
    const loop = new Loop()
    loop.run(3000)
    for (const errorTicks of [40, -60, 0]) {
      loop.errorTicks = errorTicks
      for (let i = 0; i < 60; i++) {
        expect(loop.frame()).toBeLessThanOrEqual(2)
        expect(loop.slackNow).toBeGreaterThan(0.5)
        expect(loop.slackNow).toBeLessThan(3)
      }
    }
  })

  it('runs one tick after a hidden page, in the present', () => {
    const loop = new Loop()
    loop.run(1000)
    const before = loop.ticks.length
    loop.nowMs += 60_000
    loop.frame()
    expect(loop.ticks.length).toBe(before + 1)
    expect(loop.pacer.tick).toBeGreaterThan(loop.serverTicks)
  })

  it('never runs more ticks in a frame than a quarter of a second has', () => {
    const loop = new Loop()
    loop.run(1000)
    expect(loop.frame(450)).toBeLessThanOrEqual(15)
  })

  it('follows a server clock that runs 5 % faster', () => {
    const loop = new Loop()
    loop.clockRate = 1.05
    loop.run(10_000)
    expect(loop.slackNow).toBeGreaterThan(0.5)
    expect(loop.slackNow).toBeLessThan(2.5)
  })

  it('starts over with a new connection', () => {
    const loop = new Loop()
    loop.run(2000)
    loop.pacer.reset()
    loop.nowMs += 5000
    expect(loop.frame()).toBe(1)
    expect(loop.pacer.leadTicks).toBeGreaterThan(1)
    expect(loop.pacer.leadTicks).toBeLessThan(6)
  })

  it('never lets the picture run back', () => {
    const loop = new Loop()
    let last = 0
    for (let i = 0; i < 2000; i++) {
      if (i === 300) loop.extraTicks = 20
      if (i === 900) loop.extraTicks = 0
      loop.frame(i % 7 === 0 ? 40 : FRAME_MS)
      const shown = loop.pacer.tick + loop.pacer.fraction
      expect(shown).toBeGreaterThanOrEqual(last)
      last = shown
    }
  })
})
