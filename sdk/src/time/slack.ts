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
/** Ticks that were jumped over, or are not made yet, have the lead of the last one made. */
const MAX_BEHIND_TICKS = 64

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
  }

  /** The inputs up to `tick` came so many ticks early, at least. */
  addSlack(tick: number, slackTicks: number, nowMs: number): void {
    const leadTicks = this.leadAt(tick)
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
    this.samples = []
    this.suspects = []
  }

  /**
   * The lead that the input of a tick, or of the one made before it, was made with. Who is behind the server hears of
   * ticks that it has not made yet, and needs the answer most.
   */
  private leadAt(tick: number): number | null {
    for (let made = tick; made > tick - MAX_BEHIND_TICKS && made >= 0; made--) {
      if (this.ticks[made % LEADS] === made) return this.leads[made % LEADS]!
    }
    return null
  }
}
