import type { RoomLink } from './link/ports.ts'
import type { RoomStats } from './room-api.ts'

/** What the room itself knows of its timing. */
export interface RoomNumbers {
  /** Least slack in the newest header that had one. */
  readonly slackTicks: number
  /** How far the newest tick that was run is ahead of the newest snapshot. */
  readonly leadTicks: number
  readonly ticksPerPacket: number
  readonly snapshotAgeMs: number
  readonly interpolationDelayMs: number
  /** Snapshots that moved the picture of what this player owns. */
  readonly corrections: number
  readonly starvedTicks: number
  /** How often the server's hash of what this client holds was another. */
  readonly mismatches: number
}

/** The numbers of `room.stats`, read at one moment. */
export function readStats(link: RoomLink, numbers: RoomNumbers): RoomStats {
  const { slackTicks, ticksPerPacket } = numbers
  return {
    rttMs: link.sync.rttMs,
    jitterMs: link.sync.jitterMs,
    slackTicks,
    leadTicks: numbers.leadTicks,
    // The newest input of a packet waits longer than the oldest one, which is the one that slack tells of.
    inputQueueTicks: Math.max(0, slackTicks + ticksPerPacket - 1),
    snapshotAgeMs: numbers.snapshotAgeMs,
    interpolationDelayMs: numbers.interpolationDelayMs,
    bytesInPerSecond: link.bytesInPerSecond,
    bytesOutPerSecond: link.bytesOutPerSecond,
    corrections: numbers.corrections,
    starvedTicks: numbers.starvedTicks,
    mismatches: numbers.mismatches,
    resumes: link.resumes,
  }
}
