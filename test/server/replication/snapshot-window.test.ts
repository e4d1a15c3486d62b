import { describe, expect, it } from 'vitest'
import { LIMITS } from '@tickwire/protocol'
import { SnapshotWindow } from '../../../server/src/replication/snapshot-window.ts'

const INTERVAL_MS = 50
const BYTES = 500

/** A link with a queue: each snapshot takes so long to pass, then travels; its ack comes back behind it. */
class Link {
  readonly window = new SnapshotWindow()
  nowMs = 0
  serviceMs: number
  /** Down, up. */
  trip: readonly [number, number]
  sent: number[] = []
  /** How long each snapshot was on its way down, by number. */
  readonly ages: number[] = []
  private freeMs = 0
  private acks: { readonly seq: number; readonly atMs: number }[] = []

  constructor(serviceMs: number, trip: readonly [number, number]) {
    this.serviceMs = serviceMs
    this.trip = trip
  }

  run(ms: number): void {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs; this.nowMs += INTERVAL_MS) {
      while ((this.acks[0]?.atMs ?? Infinity) <= this.nowMs) {
        const { seq, atMs } = this.acks.shift()!
        this.window.acknowledged(seq, atMs)
      }
      if (this.window.takeTurn(this.nowMs, INTERVAL_MS)) this.send()
    }
  }

  private send(): void {
    const [down, up] = this.trip
    this.sent.push(this.nowMs)
    this.window.sent(this.sent.length, BYTES, this.nowMs)
    this.freeMs = Math.max(this.freeMs, this.nowMs) + this.serviceMs
    this.ages.push(this.freeMs + down - this.nowMs)
    this.acks.push({ seq: this.sent.length, atMs: this.freeMs + down + up })
  }

  perSecondSince(atMs: number): number {
    return (this.sent.filter((ms) => ms >= atMs).length * 1000) / (this.nowMs - atMs)
  }
}

describe('the window of snapshots', () => {
  it('[SNP5] assumes 250 ms while nothing was measured', () => {
    const window = new SnapshotWindow()
    let sent = 0
    for (let at = 0; at < 5000; at += INTERVAL_MS) if (window.takeTurn(at, INTERVAL_MS)) window.sent(++sent, BYTES, at)
    expect(sent).toBe(Math.ceil((250 + LIMITS.ackDelayMs) / INTERVAL_MS) + 1)
  })

  it.each([
    [20, 20],
    [10, 240],
    [240, 10],
  ])('[SNP5] lets each snapshot of a free link go: %i ms down, %i ms up', (down, up) => {
    const link = new Link(1, [down, up])
    link.run(30_000)
    expect(link.perSecondSince(0)).toBe(20)
  })

  it('[SNP5] keeps the queue short under congestion, however long it lasts', () => {
    const link = new Link(1, [40, 40])
    link.run(5000)
    link.serviceMs = 83
    link.run(5000)
    const before = link.ages.length
    link.run(300_000)
    expect(Math.max(...link.ages.slice(before))).toBeLessThan(400)
    expect(link.perSecondSince(10_000)).toBeGreaterThan(0.85 * (1000 / 83))
  })

  it('[SNP5] bounds a snapshot by what the link carries in a tenth of a second while it is congested, and not else', () => {
    const link = new Link(1, [20, 20])
    link.run(5000)
    expect(link.window.mostBytes(link.nowMs)).toBe(Infinity)
    link.serviceMs = 83
    link.run(5000)
    expect(link.window.mostBytes(link.nowMs)).toBeGreaterThan(0.8 * 100 * (BYTES / 83))
    expect(link.window.mostBytes(link.nowMs)).toBeLessThan(1.2 * 100 * (BYTES / 83))
    link.serviceMs = 1
    link.run(2000)
    expect(link.window.mostBytes(link.nowMs)).toBe(Infinity)
  })

  it('[SNP5] follows a way that has become longer within five seconds, and one that has become shorter at once', () => {
    const link = new Link(1, [20, 20])
    link.run(5000)
    link.trip = [150, 150]
    link.run(5000)
    link.run(10_000)
    expect(link.perSecondSince(10_000)).toBeGreaterThan(19.5)
    link.trip = [20, 20]
    link.run(10_000)
    expect(link.perSecondSince(20_000)).toBeGreaterThan(19.5)
  })

  it('[SNP5] has no more under way than a reader keeps track of', () => {
    const link = new Link(0, [3000, 3000])
    link.run(20_000)
    const inFlight = link.sent.filter((ms) => ms > link.nowMs - 6000).length
    expect(inFlight).toBeLessThanOrEqual(LIMITS.maxSnapshotsInFlight)
  })

  it('[SNP5] begins anew on another connection', () => {
    const link = new Link(1, [10, 10])
    link.run(2000)
    let seq = link.sent.length
    for (let at = 2000; link.window.takeTurn(at, INTERVAL_MS); at += INTERVAL_MS) link.window.sent(++seq, BYTES, at)
    expect(link.window.takeTurn(3000, INTERVAL_MS)).toBe(false)
    link.window.reset()
    expect(link.window.takeTurn(3000, INTERVAL_MS)).toBe(true)
  })

  it('[LSE5] sends on where snapshots may be lost: two in a row are no queue, and none is waited for for long', () => {
    const window = new SnapshotWindow()
    window.isLossy = true
    const turns = (fromMs: number, count: number): number[] =>
      Array.from({ length: count }, (_, i) => fromMs + i * INTERVAL_MS).filter((nowMs) => {
        const isOpen = window.takeTurn(nowMs, INTERVAL_MS)
        if (isOpen) window.sent(++seq, BYTES, nowMs)
        return isOpen
      })
    let seq = 0
    turns(0, 1)
    window.acknowledged(1, 30)
    // A way of 30 ms and an ack delay of 50: 4 intervals without a loss, and 6 with two.
    expect(turns(50, 30)).toEqual([50, 100, 150, 200, 250, 800, 1350])
    window.acknowledged(seq, 1560)
    expect(turns(2600, 3)).toEqual([2600, 2650, 2700])
  })
})
