import { median } from '../numbers.ts'
import type { Peer, PeerTick } from './peer.ts'

/** One peer's part of a comparison. */
export class PeerRun {
  readonly peer: Peer
  /** All that the watched client was told. */
  readonly messages: Uint8Array[] = []
  /** Bytes of all clients since counting began. */
  bytes = 0
  /** CPU time of each round. */
  readonly roundsUs: number[] = []
  private readonly watched: number

  constructor(peer: Peer, watched: number) {
    this.peer = peer
    this.watched = watched
  }

  /** @param round not below 0 if it counts */
  tell(tick: PeerTick, round: number): void {
    let bytes = 0
    const cpu = process.cpuUsage()
    this.peer.encode(tick, (client, message) => {
      bytes += message.length
      if (client === this.watched) this.messages.push(message.slice())
    })
    const { user, system } = process.cpuUsage(cpu)
    if (round < 0) return
    this.bytes += bytes
    this.roundsUs[round] = (this.roundsUs[round] ?? 0) + user + system
  }

  get medianUs(): number {
    return median(this.roundsUs)
  }

  /** How many times the CPU time of `other` this takes: the median of the rounds, in each of which both ran. */
  ratioTo(other: PeerRun): number {
    return median(this.roundsUs.map((us, round) => us / other.roundsUs[round]!))
  }
}
