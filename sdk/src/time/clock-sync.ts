/** What pings say of the way to the server and of the room's time. Filled by the link; read by pacer, stats and window. */
export interface ClockSync {
  /** Smoothed round trip, in ms; 0 before the first pong. */
  readonly rttMs: number
  /** Mean deviation of the round trip, in ms. */
  readonly jitterMs: number
  /** Least round trip of the last 10 s, in ms. */
  readonly minRttMs: number
  /** True once a pong has come on this connection. */
  readonly isReady: boolean
  /** The room's time on the server, in ticks with fraction, at `nowMs` of the client's clock. */
  serverTicksAt(nowMs: number): number
}
