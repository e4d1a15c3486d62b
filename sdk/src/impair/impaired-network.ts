import type { Clock } from '../clock.ts'
import type { ImpairedPath } from './impaired-path.ts'
import { checkImpairment, checkStall } from './impairment.ts'
import type { Impairment } from './impairment.ts'

/** Makes a network worse or better while it is in use: what a slider or a test turns. */
export interface ImpairmentControls {
  /** Changes open connections and later ones. @throws ConfigError that says which part is wrong */
  set(impairment: Impairment): void
  /** Nothing arrives either way for `forMs` from now, then all at once. `Infinity`: a black hole until `heal`. */
  stall(forMs: number): void
  /** Ends what `stall` began. */
  heal(): void
  /** Breaks all open connections at once; what was on its way is lost. The next attempt finds the network whole. */
  cut(): void
}

/** A connection through it. */
export interface Impaired {
  readonly path: ImpairedPath
  cut(): void
}

/** The network that some connections share, those to come too. */
export class ImpairedNetwork<C extends Impaired> implements ImpairmentControls {
  /** Those that are open, the oldest first. */
  readonly open: ReadonlySet<C>
  private readonly connections = new Set<C>()
  private readonly clock: Clock
  private impairment: Impairment
  private stalledUntilMs = -Infinity

  /** @throws ConfigError for an impairment that cannot be */
  constructor(clock: Clock, impairment: Impairment) {
    checkImpairment('impair', impairment)
    this.open = this.connections
    this.clock = clock
    this.impairment = impairment
  }

  /** A connection begins, and finds the network as it is now. */
  add(connection: C): void {
    this.connections.add(connection)
    connection.path.set(this.impairment)
    connection.path.stall(Math.max(0, this.stalledUntilMs - this.clock.nowMs()))
  }

  delete(connection: C): void {
    this.connections.delete(connection)
  }

  set(impairment: Impairment): void {
    checkImpairment('impair', impairment)
    this.impairment = impairment
    for (const { path } of this.connections) path.set(impairment)
  }

  stall(forMs: number): void {
    checkStall(forMs)
    this.stalledUntilMs = Math.max(this.stalledUntilMs, this.clock.nowMs() + forMs)
    for (const { path } of this.connections) path.stall(forMs)
  }

  heal(): void {
    this.stalledUntilMs = -Infinity
    for (const { path } of this.connections) path.heal()
  }

  cut(): void {
    // A copy: whoever is told may connect again at once, and that attempt is not to be cut.
    for (const connection of Array.from(this.connections)) connection.cut()
  }
}
