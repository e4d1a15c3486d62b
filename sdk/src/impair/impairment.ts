/** How bad the network is, each way, on purpose; all parts are optional and add up. */
export interface Impairment {
  /** Added one-way delay, per direction. */
  readonly latencyMs?: number
  /** Uniform extra delay from 0 to this, per packet; order is kept unless `reorder`. */
  readonly jitterMs?: number
  /** Chance of a loss. On an ordered link a lost packet delays itself and all behind it by a retransmission. */
  readonly lossPercent?: number
  /** Every `everyMs` nothing arrives for `forMs`. */
  readonly stall?: { readonly everyMs: number; readonly forMs: number }
  readonly throttleKbps?: number
  /** Datagram links only: jitter may overtake. */
  readonly reorder?: boolean
  /** Cuts the connection after so many milliseconds. */
  readonly cutAfterMs?: number
}
