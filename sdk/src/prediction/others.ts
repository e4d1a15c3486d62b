import type { Place } from '@tickwire/protocol'
import { slotOf } from '@tickwire/protocol/internal'
import type { Replica } from '@tickwire/protocol/internal'
import { heldTracks, ownerIn, readBlobs } from '../fields.ts'
import { blendRows } from '../interpolation/blend.ts'
import type { EntityViews, Shown, ViewEntry } from '../view/views.ts'

/** Beyond so much after the newest snapshot a motion is no longer followed: it would be wrong more often than right. */
const MAX_AHEAD_MS = 250

interface Ahead extends Shown {
  /** The tick that it was made for. */
  tick: number
}

/** The entities of others as the predicted world sees them: where they are drawn, or where their motion has led to by now. */
export class Others {
  private readonly replica: Replica
  private readonly views: EntityViews
  private readonly isExtrapolated: boolean
  private readonly maxAheadTicks: number
  private readonly row: Int32Array
  private readonly ahead: WeakMap<ViewEntry, Ahead> = new WeakMap()
  private newestTick = 0
  private tick = 0

  constructor(replica: Replica, views: EntityViews, tickRateHz: number, maxColumns: number, isExtrapolated: boolean) {
    this.replica = replica
    this.views = views
    this.isExtrapolated = isExtrapolated
    this.maxAheadTicks = Math.ceil((MAX_AHEAD_MS * tickRateHz) / 1000)
    this.row = new Int32Array(maxColumns)
  }

  /** A snapshot came: what was made from the one before is void. */
  received(tick: number): void {
    this.newestTick = tick
    this.tick = -1
  }

  /** The tick that is being run. */
  aim(tick: number): void {
    this.tick = Math.min(tick, this.newestTick + this.maxAheadTicks)
  }

  /** All of a kind that a simulation may find within `radius` of a place, and some that it does not. */
  around(kind: string, at: Place, radius: number): Iterable<ViewEntry> {
    return this.isExtrapolated ? this.views.ofKind(kind) : this.views.around(kind, at, radius)
  }

  /** What a simulation finds; null: the server has removed it, and only the picture still shows it. */
  see(entry: ViewEntry): Shown | null {
    if (!this.isExtrapolated) return entry
    let ahead = this.ahead.get(entry)
    if (ahead === undefined) this.ahead.set(entry, (ahead = { ...this.views.copyOf(entry), tick: -1 }))
    if (ahead.tick === this.tick) return ahead
    const { id } = entry.fields
    const held = this.replica.entities.get(slotOf(id))
    if (held?.id !== id) return null
    const tracks = heldTracks(held)
    this.replica.rowAt(held, this.tick, this.row)
    blendRows(held.kind, this.row, this.row, 0, this.row, tracks, ahead.fields)
    readBlobs(held.kind, held.blobs, tracks, ahead.fields)
    ahead.fields.id = id
    ahead.fields.owner = ownerIn(held.kind, this.row)
    ahead.tick = this.tick
    return ahead
  }
}
