/** What is counted: faults of peers, and what was done about them. */
export const COUNTERS = [
  'connections',
  'originRefused',
  'tooManyLinks',
  'handshakesLimited',
  'handshakeTimeouts',
  'serverBusy',
  'versionMismatches',
  'authFailures',
  'protocolErrors',
  'messagesTooBig',
  'fragmentFloods',
  'rateLimited',
  'latestDropped',
  'requestsRefused',
  'livenessTimeouts',
  'slowReaders',
  'resumes',
  'resumesRefused',
  'takeovers',
  'linksExpired',
  'joins',
  'joinsRefused',
  'joinTimeouts',
  'roomsRefused',
  'partiesRefused',
  'ticketsRefused',
  'aliasesRefused',
  'directs',
  'directsBlocked',
  'directsDropped',
  'gameErrors',
  'serverErrors',
] as const
export type CounterName = (typeof COUNTERS)[number]

/** Numbers since the start of the server. */
export class Counters {
  private readonly counts = new Map<CounterName, number>()

  add(name: CounterName): void {
    this.counts.set(name, this.get(name) + 1)
  }

  get(name: CounterName): number {
    return this.counts.get(name) ?? 0
  }

  toObject(): Record<CounterName, number> {
    return Object.fromEntries(COUNTERS.map((name) => [name, this.get(name)])) as Record<CounterName, number>
  }
}
