import type { Replication } from './replication.ts'
import { SlotSet } from './slot-set.ts'

/** For as many snapshots with news a client may be skipped before the whole world is looked through for it. */
const KEPT = 16

/** What was new at one snapshot tick. */
interface Issue {
  readonly slots: SlotSet
  tick: number
  /** The tick of the news before. */
  priorTick: number
}

/** Which entities have a new anchor since some tick, for clients that hold but a part of the world. */
export class News {
  private readonly replication: Replication
  /** The newest last, each behind the one before; older ones are used again. */
  private readonly issues: Issue[] = []
  private readonly sum: SlotSet = new SlotSet()
  private sumTick = -1
  private sumSince = -1

  constructor(replication: Replication) {
    this.replication = replication
  }

  /** The slots with an anchor from behind `syncTick`; valid until the next call. */
  since(syncTick: number): SlotSet {
    const { tick } = this.replication
    if (this.issues.at(-1)?.tick !== tick) this.publish()
    const newest = this.issues.at(-1)!
    if (newest.priorTick <= syncTick) return newest.slots
    if (this.sumTick !== tick || this.sumSince !== syncTick) this.addUp(syncTick)
    return this.sum
  }

  private publish(): void {
    const { tick, priorNewsTick, dirty, table } = this.replication
    // Nobody asked at the news before these: there is a gap.
    if (this.issues.at(-1)?.tick !== priorNewsTick) this.issues.length = 0
    const issue = this.issues.length < KEPT ? { slots: new SlotSet(), tick, priorTick: -1 } : this.issues.shift()!
    issue.tick = tick
    issue.priorTick = priorNewsTick
    issue.slots.reserve(table.slots)
    issue.slots.clear()
    for (const slot of dirty) issue.slots.add(slot)
    this.issues.push(issue)
  }

  private addUp(syncTick: number): void {
    const { table, anchors, tick } = this.replication
    const { sum } = this
    this.sumTick = tick
    this.sumSince = syncTick
    sum.reserve(table.slots)
    sum.clear()
    if (this.issues[0]!.priorTick > syncTick) {
      for (let slot = 0; slot < table.slots; slot++) if (anchors.all.newestTick(slot) > syncTick) sum.add(slot)
      return
    }
    for (const { slots, tick: issueTick } of this.issues) if (issueTick > syncTick) sum.addAll(slots)
  }
}
