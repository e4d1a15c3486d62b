import { ConfigError } from '@tickwire/protocol'

/** How bad the network is, each way, on purpose; all parts are optional and add up. */
export interface Impairment {
  /** Added one-way delay, per direction: 0 to 60 000. A round trip takes twice this. */
  readonly latencyMs?: number
  /** Uniform extra delay from 0 to this (at most 60 000), per packet; order is kept unless `reorder`. */
  readonly jitterMs?: number
  /** Chance of a loss, 0 to 100. On an ordered link a lost packet delays itself and all behind it by a retransmission. */
  readonly lossPercent?: number
  /** Every `everyMs` nothing arrives for `forMs`, which must be the shorter; the first time after `everyMs`. */
  readonly stall?: { readonly everyMs: number; readonly forMs: number }
  /** Bandwidth in kilobits (1000 bits) per second, per direction; packets queue for it without bound. */
  readonly throttleKbps?: number
  /** Datagram links only: jitter may overtake. */
  readonly reorder?: boolean
  /** Cuts each connection after so many milliseconds, without a closing handshake. */
  readonly cutAfterMs?: number
}

const MAX_DELAY_MS = 60_000

const NUMBERS = {
  latencyMs: { from: 0, to: MAX_DELAY_MS },
  jitterMs: { from: 0, to: MAX_DELAY_MS },
  lossPercent: { from: 0, to: 100 },
  throttleKbps: { from: 0.001, to: Number.MAX_SAFE_INTEGER },
  cutAfterMs: { from: 0.001, to: Number.MAX_SAFE_INTEGER },
} as const
const KNOWN: readonly string[] = [...Object.keys(NUMBERS), 'stall', 'reorder']

/**
 * @param option how the caller named it, for the error
 * @throws ConfigError that says which part is wrong and what it may be
 */
export function checkImpairment(option: string, impairment: Impairment): void {
  // Sliders and query strings are not type-checked: a misspelt part would leave the network perfect without a word.
  for (const name of Object.keys(impairment)) {
    if (!KNOWN.includes(name)) throw new ConfigError(option, `only ${KNOWN.join(', ')}`, name)
  }
  for (const [name, { from, to }] of Object.entries(NUMBERS)) {
    const value = impairment[name as keyof typeof NUMBERS]
    if (value !== undefined) checkNumber(`${option}.${name}`, value, from, to)
  }
  const { stall, reorder } = impairment
  if (reorder !== undefined && typeof reorder !== 'boolean') {
    throw new ConfigError(`${option}.reorder`, 'true or false', reorder)
  }
  if (stall === undefined) return
  checkNumber(`${option}.stall.everyMs`, stall.everyMs, 1, Number.MAX_SAFE_INTEGER)
  if (!(stall.forMs > 0 && stall.forMs < stall.everyMs)) {
    throw new ConfigError(`${option}.stall.forMs`, `a number > 0 and < everyMs (${stall.everyMs})`, stall.forMs)
  }
}

/** @throws ConfigError for a stall that cannot be */
export function checkStall(forMs: number): void {
  if (!(forMs >= 0)) throw new ConfigError('stall', 'a number of milliseconds >= 0', forMs)
}

function checkNumber(option: string, value: number, from: number, to: number): void {
  if (typeof value !== 'number' || !(value >= from && value <= to)) {
    throw new ConfigError(option, `a number from ${from} to ${to}`, value)
  }
}
