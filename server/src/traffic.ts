/** What went over the wire since the start, of all connections together. Plain numbers: counting must cost nothing. */
export interface Traffic {
  bytesIn: number
  bytesOut: number
  /** Of the bytes out, those of snapshots; the rest is messages, answers and acks. */
  snapshotBytes: number
  snapshots: number
  /** Snapshots that were not made because too many are under way. */
  snapshotsSkipped: number
}

export function newTraffic(): Traffic {
  return { bytesIn: 0, bytesOut: 0, snapshotBytes: 0, snapshots: 0, snapshotsSkipped: 0 }
}
