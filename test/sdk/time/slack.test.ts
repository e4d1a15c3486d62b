import { describe, expect, it } from 'vitest'
import { SlackFeedback } from '../../../sdk/src/time/slack.ts'

/** Feedback at 20 Hz: one sample per header, for inputs that were made with a lead of 5 ticks. */
function feed(slacks: readonly number[], lead = 5): SlackFeedback {
  const feedback = new SlackFeedback()
  for (const [i, slack] of slacks.entries()) {
    feedback.noteLead(i, lead)
    feedback.addSlack(i, slack, i * 50)
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
    feedback.noteLead(1, 5)
    feedback.noteLead(2, 8)
    feedback.addSlack(1, 1, 0)
    feedback.addSlack(2, 4, 50)
    expect(feedback.excessTicks).toBe(-4)
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

  it('forgets all with a new connection', () => {
    const feedback = feed([2])
    feedback.reset()
    expect(feedback.excessTicks).toBeNull()
    feedback.addSlack(0, 2, 100)
    expect(feedback.excessTicks).toBeNull()
  })
})
