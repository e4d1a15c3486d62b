/** How long a sample counts: the least slack of so long decides how early inputs must leave. */
const WINDOW_MS = 1500
/** A sample this much below the least one is a spike, such as a stall of TCP, until so many in a row confirm it. */
const SPIKE_TICKS = 3
const SPIKES_THAT_ARE_A_STEP = 4
/** Ticks whose lead is remembered: inputs are judged at most a round trip after they were made. */
const LEADS = 512

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
  private spikes: Sample[] = []

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
    if (this.ticks[tick % LEADS] !== tick) return
    const sample = { atMs: nowMs, excess: slackTicks - this.leads[tick % LEADS]! }
    this.samples = this.samples.filter(({ atMs }) => atMs > nowMs - WINDOW_MS)
    const least = this.excessTicks
    if (least !== null && sample.excess < least - SPIKE_TICKS) this.addSpike(sample)
    else this.accept(sample)
  }

  reset(): void {
    this.ticks.fill(-1)
    this.samples = []
    this.spikes = []
  }

  private accept(sample: Sample): void {
    this.spikes = []
    this.samples.push(sample)
  }

  private addSpike(sample: Sample): void {
    this.spikes.push(sample)
    if (this.spikes.length < SPIKES_THAT_ARE_A_STEP) return
    this.samples = this.spikes
    this.spikes = []
  }
}
