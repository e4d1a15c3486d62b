import { Random } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { Timeline } from '../../../sdk/src/interpolation/timeline.ts'

const TICK_MS = 1000 / 60
const FRAME_MS = 1000 / 60

interface Way {
  /** When the snapshot of a tick arrives, that is `atMs` at the server. */
  readonly arrival: (atMs: number) => number
  readonly clockRate?: number
}

interface Frame {
  readonly nowMs: number
  readonly tick: number
  /** Server time of the frame, less the way of 40 ms, in ticks. */
  readonly newest: number
  readonly delayMs: number
}

/** Plays snapshots of 20 per second and frames of 60 per second for so long. */
function play(ms: number, { arrival, clockRate = 1 }: Way): Frame[] {
  const timeline = new Timeline(60, 3)
  const arrivals: { readonly tick: number; readonly atMs: number }[] = []
  let last = 0
  for (let tick = 3; tick * TICK_MS < ms; tick += 3) {
    last = Math.max(last, arrival(tick * TICK_MS))
    arrivals.push({ tick, atMs: last })
  }
  const frames: Frame[] = []
  for (let nowMs = 100; nowMs < ms; nowMs += FRAME_MS) {
    while (arrivals[0] !== undefined && arrivals[0].atMs <= nowMs) {
      const { tick, atMs } = arrivals.shift()!
      timeline.receive(tick, atMs * clockRate)
    }
    const tick = timeline.advance(nowMs * clockRate)
    if (arrivals.length > 0 && tick < 0 && frames.length === 0) continue
    frames.push({ nowMs, tick, newest: (nowMs - 40) / TICK_MS, delayMs: timeline.delayMs })
  }
  return frames
}

const steps = (frames: readonly Frame[]): number[] => frames.slice(1).map(({ tick }, i) => tick - frames[i]!.tick)
const after = (frames: readonly Frame[], ms: number): Frame[] => frames.filter(({ nowMs }) => nowMs > ms)

describe('the timeline of the picture', () => {
  it('is behind the newest snapshot by 1.7 intervals and a tick on a steady link, and runs evenly', () => {
    const frames = after(play(10_000, { arrival: (ms) => ms + 40 }), 2000)
    for (const { tick, newest } of frames) expect(newest - tick).toBeCloseTo(6.1, 0)
    for (const step of steps(frames)) expect(step).toBeCloseTo(1, 2)
    expect(frames.at(-1)!.delayMs).toBeCloseTo(102, 0)
  })

  it('keeps a longer delay on a jittery link, so that the next snapshot is nearly always there', () => {
    const random = new Random(1)
    const lateness = new Map<number, number>()
    const arrival = (ms: number): number => {
      lateness.set(ms, random.next() * 60)
      return ms + 40 + lateness.get(ms)!
    }
    const frames = after(play(20_000, { arrival }), 3000)
    expect(frames.at(-1)!.delayMs).toBeGreaterThan(120)
    expect(frames.at(-1)!.delayMs).toBeLessThan(220)
    for (const step of steps(frames)) expect(Math.abs(step - 1)).toBeLessThan(0.16)
  })

  it('is not moved by one stall of 300 ms', () => {
    const stall = (ms: number): number => (ms > 5000 && ms < 5300 ? 5340 : ms + 40)
    const frames = after(play(10_000, { arrival: stall }), 4000)
    for (const { tick, newest } of frames) expect(newest - tick).toBeLessThan(9)
    for (const step of steps(frames)) expect(Math.abs(step - 1)).toBeLessThan(0.16)
  })

  it('counts several snapshots of one read once: those that waited say nothing of the link', () => {
    const bunched = (ms: number): number => Math.ceil((ms + 40) / 150) * 150
    const frames = after(play(10_000, { arrival: bunched }), 5000)
    expect(frames.at(-1)!.delayMs).toBeLessThan(130)
  })

  it('never runs back, whatever the link does', () => {
    const random = new Random(2)
    const arrival = (ms: number): number => ms + (ms > 8000 ? 20 : ms > 4000 ? 350 : 40) + random.next() * 100
    for (const step of steps(play(15_000, { arrival }))) expect(step).toBeGreaterThanOrEqual(0)
  })

  it('follows a longer way within two seconds, by no more than 15 % slower', () => {
    const frames = play(10_000, { arrival: (ms) => ms + (ms > 5000 ? 115 : 40) })
    for (const step of steps(after(frames, 2000))) expect(step).toBeGreaterThan(0.84)
    // The way became 75 ms longer: 4.5 ticks.
    for (const { tick, newest } of after(frames, 7500)) expect(newest - 4.5 - tick).toBeGreaterThan(4)
  })

  it.each([0.95, 1.05])('does not take a clock that runs at %f for jitter', (clockRate) => {
    const frames = after(play(20_000, { arrival: (ms) => ms + 40, clockRate }), 8000)
    expect(frames.at(-1)!.delayMs).toBeLessThan(115)
    for (const { tick, newest } of frames) expect(Math.abs(newest - tick - 6.1)).toBeLessThan(1)
    for (const step of steps(frames)) expect(step).toBeCloseTo(1, 1)
  })

  it('jumps into the present after a sleep that stood the clock still, without running through what was missed', () => {
    const timeline = new Timeline(60, 3)
    for (let i = 1; i <= 100; i++) {
      timeline.receive(i * 3, i * 50)
      timeline.advance(i * 50)
    }
    const before = timeline.ticks
    // The server ran for a minute, this clock for 50 ms.
    timeline.receive(300 + 3600, 5050)
    expect(timeline.advance(5050)).toBeGreaterThan(before + 3590)
  })

  it('is where it belongs in the first frame of a page that was hidden, neither behind nor ahead', () => {
    const random = new Random(3)
    const timeline = new Timeline(60, 3)
    let newest = 0
    const receiveUntil = (untilMs: number): void => {
      for (; newest * TICK_MS + 60 < untilMs; newest += 3)
        timeline.receive(newest, newest * TICK_MS + 40 + random.next() * 20)
    }
    let before = 0
    for (let nowMs = 100; nowMs < 5000; nowMs += FRAME_MS) {
      receiveUntil(nowMs)
      before = timeline.advance(nowMs) - nowMs / TICK_MS
    }
    receiveUntil(65_000)
    for (let nowMs = 65_000; nowMs < 66_000; nowMs += FRAME_MS) {
      receiveUntil(nowMs)
      expect(Math.abs(timeline.advance(nowMs) - nowMs / TICK_MS - before)).toBeLessThan(2)
    }
  })

  it('is at once where the first snapshot is, less its delay', () => {
    const timeline = new Timeline(60, 3)
    expect(timeline.advance(700)).toBe(-1)
    timeline.receive(900, 777)
    expect(timeline.advance(777)).toBeCloseTo(900 - 6.1, 5)
  })

  it('shows each snapshot as it comes in a game without motion', () => {
    const timeline = new Timeline(5, 1, false)
    expect(timeline.advance(0)).toBe(-1)
    for (let tick = 1; tick < 20; tick++) {
      timeline.receive(tick, tick * 200 + 35 * (tick % 3))
      expect(timeline.advance(tick * 200 + 110)).toBe(tick)
    }
    expect(timeline.delayMs).toBe(0)
  })
})
