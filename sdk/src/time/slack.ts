/** How long a sample counts: the least slack of so long decides how early inputs must leave. */
const WINDOW_MS = 1000
/** A sample so far below the least one is a spike, such as a stall of TCP, and the way up is another only if it lasts. */
const STEP_TICKS = 3
/** So many late ones in a row are believed: each of them cost the player an input. */
const LATE_SAMPLES = 3
/** So many early ones: they cost only a little time, and jitter may look like it for a while. */
const EARLY_SAMPLES = 8
/** Ticks whose lead is remembered: inputs are judged at most a round trip after they were made. */
const LEADS = 512
/** So many ticks may be jumped over at once; they have the lead of the last one made before. */
const MAX_JUMP_TICKS = 64

interface Sample {
  readonly atMs: number
  readonly excess: number
}

/**
 * What the server's feedback says of the way up. A slack alone is no error: it is the answer to a lead that was chosen a
 * round trip ago, and what was corrected since must not be corrected again. So each slack is set against the lead that its
 * input was made with; what remains, the excess, is the network's own, whatever the pacer did meanwhile.
 */
export class SlackFeedback {
  private readonly leads: Float64Array = new Float64Array(LEADS)
  private readonly ticks: Float64Array = new Float64Array(LEADS).fill(-1)
  private newestMade = -1
  private samples: Sample[] = []
  /** Samples in a row that are all later, or all earlier, than fits the others. */
  private suspects: Sample[] = []

  /** Least slack minus lead of late, in ticks; null before any sample. */
  get excessTicks(): number | null {
    if (this.samples.length === 0) return null
    return this.samples.reduce((least, { excess }) => Math.min(least, excess), Number.POSITIVE_INFINITY)
  }

  /** The input of `tick` is made with this lead over the server's time. */
  noteLead(tick: number, leadTicks: number): void {
    this.leads[tick % LEADS] = leadTicks
    this.ticks[tick % LEADS] = tick
    this.newestMade = tick
  }

  /** The estimate of the server's time leapt: every lead was less by as much. Inputs arrive as before. */
  clockLeapt(ticks: number): void {
    for (let i = 0; i < LEADS; i++) this.leads[i]! -= ticks
    const shifted = ({ atMs, excess }: Sample): Sample => ({ atMs, excess: excess + ticks })
    this.samples = this.samples.map(shifted)
    this.suspects = this.suspects.map(shifted)
  }

  /** Until the snapshot of `tick` inputs came so many ticks early, at least. */
  addSlack(tick: number, slackTicks: number, nowMs: number): void {
    // What came at about that tick, so early, was the input of this one; its lead counts, not that of the snapshot's tick.
    const leadTicks = this.leadAt(Math.floor(tick + slackTicks))
    if (leadTicks === null) return
    const sample = { atMs: nowMs, excess: slackTicks - leadTicks }
    this.samples = this.samples.filter(({ atMs }) => atMs > nowMs - WINDOW_MS)
    const least = this.excessTicks ?? sample.excess
    const off = sample.excess - least
    if (Math.abs(off) <= STEP_TICKS) this.suspects = []
    else if (this.suspects.some(({ excess }) => excess < least !== off < 0)) this.suspects = [sample]
    else this.suspects.push(sample)
    // A late one is not counted before it is believed; an early one changes nothing until it is the least.
    if (off >= -STEP_TICKS) this.samples.push(sample)
    if (this.suspects.length < (off < 0 ? LATE_SAMPLES : EARLY_SAMPLES)) return
    this.samples = this.suspects
    this.suspects = []
  }

  reset(): void {
    this.ticks.fill(-1)
    this.newestMade = -1
    this.samples = []
    this.suspects = []
  }

  /**
   * The lead that the input of a tick, or of the last one before it, was made with. Ticks are jumped over, and who is far
   * behind the server hears of ticks that it has not made yet.
   */
  private leadAt(tick: number): number | null {
    const newest = Math.min(tick, this.newestMade)
    for (let made = newest; made > newest - MAX_JUMP_TICKS && made >= 0; made--) {
      if (this.ticks[made % LEADS] === made) return this.leads[made % LEADS]!
    }
    return null
  }
}
