import { DecodeError, LIMITS } from '@tickwire/protocol'
import { readSnapshotBody, readSnapshotHeader, widen16 } from '@tickwire/protocol/internal'
import type {
  BitReader,
  EventFrame,
  GameCodec,
  LooseHead,
  Replica,
  SnapshotReference,
} from '@tickwire/protocol/internal'
import type { ReadSnapshot } from './read-snapshot.ts'

/** A loose snapshot, with the events that nobody has heard yet. */
export interface LooseSnapshot extends ReadSnapshot {
  /** What is held after it; it changes with a later one. */
  readonly replica: Replica
}

interface Kept {
  readonly seq: number
  readonly replica: Replica
}

/** The server may forget which ones it can name, as at a resume, and count anew. */
const MAX_KEPT = 2 * LIMITS.maxSnapshotsInFlight

/**
 * Where snapshots may be lost, each names the one that it leads on from [LSE1]: this keeps what was held after those that can
 * still be named [LSE2], and which events were heard [LSE4].
 */
export class LooseSnapshots {
  private readonly codec: GameCodec
  private readonly createReplica: () => Replica
  /** The oldest first. */
  private readonly kept: Kept[] = []
  private readonly spare: Replica[] = []
  private heardEvent = 0

  constructor(codec: GameCodec, createReplica: () => Replica) {
    this.codec = codec
    this.createReplica = createReplica
  }

  /**
   * Reads what follows the loose head. Null: it came late, and has nothing new.
   * @param last the newest snapshot before it
   * @throws DecodeError, with nothing taken in
   */
  read(bits: BitReader, channel: number, loose: LooseHead, last: SnapshotReference): LooseSnapshot | null {
    const header = readSnapshotHeader(bits, channel, last, 0)
    if (header.seq <= last.seq || header.tick < last.tick) return null
    const replica = this.baseOf(header.seq, loose)
    const { keys, events } = readSnapshotBody(bits, header, replica, this.codec)
    replica.commit()
    if (loose.back > 0) this.drop(this.kept.findIndex(({ seq }) => seq === header.seq - loose.back))
    this.kept.push({ seq: header.seq, replica })
    this.drop(this.kept.length - MAX_KEPT)
    return { header, keys, events: this.unheard(events, loose), replica }
  }

  /** A replica that holds what snapshot `seq` leads on from. */
  private baseOf(seq: number, { back }: LooseHead): Replica {
    const base = back === 0 ? null : this.kept.find((kept) => kept.seq === seq - back)
    if (base === undefined) {
      const expected = 'one that is held'
      throw new DecodeError('unexpected', { what: 'base of a snapshot', expected, got: `${seq - back}`, offset: 0 })
    }
    const replica = this.spare.pop() ?? this.createReplica()
    replica.copyFrom(base?.replica ?? this.createReplica(), never)
    return replica
  }

  private unheard(events: readonly EventFrame[], { firstEvent }: LooseHead): readonly EventFrame[] {
    if (events.length === 0) return events
    const first = widen16(this.heardEvent, firstEvent)
    const fresh = events.slice(Math.max(0, this.heardEvent + 1 - first))
    this.heardEvent = Math.max(this.heardEvent, first + events.length - 1)
    return fresh
  }

  /** The oldest ones are named no more. */
  private drop(count: number): void {
    for (const { replica } of this.kept.splice(0, Math.max(0, count))) this.spare.push(replica)
  }
}

function never(): boolean {
  return false
}
