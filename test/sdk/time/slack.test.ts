import { describe, expect, it } from 'vitest'
import { SlackFeedback } from '../../../sdk/src/time/slack.ts'

/** The tick of the first header; inputs were made before. */
const FIRST = 30

/** Feedback at 20 Hz: one sample per header, for inputs that were made with a lead of 5 ticks. */
function feed(slacks: readonly number[], lead = 5): SlackFeedback {
  const feedback = new SlackFeedback()
  for (let tick = 0; tick < FIRST; tick++) feedback.noteLead(tick, lead)
  for (const [i, slack] of slacks.entries()) {
    feedback.noteLead(FIRST + i, lead)
    feedback.addSlack(FIRST + i, slack, i * 50)
  }
  return feedback
}

const repeat = (value: number, count: number): number[] => Array.from({ length: count }, () => value)

describe('slack feedback', () => {
  it('is unknown before the first sample', () => {
    expect(new SlackFeedback().excessTicks).toBeNull()
  })

  it('is what remains of a slack without the lead that its input was made with', () => {
    expect(feed([2]).excessTicks).toBe(-3)
  })

  it('does not count again what was corrected since: a larger lead with as much more slack says nothing new', () => {
    const feedback = new SlackFeedback()
    feedback.noteLead(10, 5)
    feedback.noteLead(20, 8)
    feedback.addSlack(9, 1, 0)
    feedback.addSlack(16, 4, 50)
    expect(feedback.excessTicks).toBe(-4)
  })

  it('goes by the input that arrived, not by the one of the snapshot’s tick, which may have been made long before', () => {
    const feedback = new SlackFeedback()
    feedback.noteLead(100, 90)
    feedback.noteLead(105, 7)
    feedback.addSlack(100, 5, 0)
    expect(feedback.excessTicks).toBe(-2)
  })

  it('is the least of the last second: jitter is met by its worst', () => {
    expect(feed([2, 3.5, 0.5, 3, 2]).excessTicks).toBe(-4.5)
    expect(feed([0.5, ...repeat(2, 21)]).excessTicks).toBe(-3)
  })

  it('ignores a stall: one or two very late samples', () => {
    expect(feed([2, 2, -16, -3, 2, 2]).excessTicks).toBe(-3)
  })

  it('believes three late samples in a row', () => {
    expect(feed([2, 2, -3, -3, -3]).excessTicks).toBe(-8)
  })

  it('believes a better way within half a second', () => {
    expect(feed([...repeat(2, 20), ...repeat(6, 7)]).excessTicks).toBe(-3)
    expect(feed([...repeat(2, 20), ...repeat(6, 8)]).excessTicks).toBe(1)
  })

  it('knows nothing of ticks that it was not told the lead of', () => {
    const feedback = new SlackFeedback()
    feedback.addSlack(7, 2, 0)
    expect(feedback.excessTicks).toBeNull()
  })

  it('hears that it is behind the server: of ticks that it has not made yet, by the last one made', () => {
    const feedback = new SlackFeedback()
    feedback.noteLead(10, 0.5)
    feedback.addSlack(12, -1.5, 0)
    expect(feedback.excessTicks).toBe(-2)
    feedback.addSlack(200, -1.5, 50)
    expect(feedback.excessTicks).toBe(-2)
  })

  it('keeps its measure when the estimate of the server’s time leaps: leads change, inputs arrive as before', () => {
    const feedback = feed([2, 2, 2])
    feedback.clockLeapt(30)
    expect(feedback.excessTicks).toBe(27)
    feedback.addSlack(2, 2, 150)
    expect(feedback.excessTicks).toBe(27)
  })

  it('forgets all with a new connection', () => {
    const feedback = feed([2])
    feedback.reset()
    expect(feedback.excessTicks).toBeNull()
    feedback.addSlack(0, 2, 100)
    expect(feedback.excessTicks).toBeNull()
  })
})
