import type { Fields, HeldEntity, KindLayout } from '@tickwire/protocol/internal'
import { ownerOf } from '../fields.ts'
import { Correction } from '../prediction/correction.ts'
import type { EntityViews, ViewEntry } from '../view/views.ts'
import { EntityHistory } from './history.ts'
import type { Interpolator } from './interpolator.ts'

interface RemoteEntity {
  readonly id: number
  readonly kind: KindLayout
  readonly history: EntityHistory
  readonly correction: Correction
  /** The snapshot that it is not part of any more; it stays in the picture until the picture is there. */
  leftAt: number | null
  /** Null until the picture has reached its first tick. */
  entry: ViewEntry | null
  drawnJumps: number
  /** True once it is shown as it will stay until the next change. */
  isSettled: boolean
}

/** The entities that this client does not simulate: drawn between snapshots, on the picture's own time. */
export class RemoteEntities {
  private readonly views: EntityViews
  private readonly interpolator: Interpolator
  private readonly entities: Map<number, RemoteEntity> = new Map()
  private readonly scratch: Fields = {}
  private isFirst = true
  /** The tick of the last frame, also where nothing was known of it. */
  private drawnTick = 0
  /** News came after something was drawn beyond the newest snapshot. */
  private isSurprised = false

  constructor(views: EntityViews, interpolator: Interpolator) {
    this.views = views
    this.interpolator = interpolator
  }

  /**
   * Takes a snapshot: `held` are all that others simulate, `oldestTick` is the first one still needed.
   * What is in the first snapshot is in the picture at once: that is the world which a join resolves with.
   */
  receive(tick: number, held: readonly HeldEntity[], oldestTick: number): void {
    const present = new Set<number>()
    for (const one of held) {
      present.add(one.id)
      const known = this.entities.get(one.id)
      if (known === undefined) this.enter(tick, one)
      else this.update(known, tick, one, oldestTick)
    }
    for (const entity of this.entities.values()) if (!present.has(entity.id)) entity.leftAt ??= tick
    this.isSurprised ||= this.interpolator.isExtrapolating
    // Game code may look at them before the first frame.
    if (this.isFirst) this.draw(tick, 0)
    this.isFirst = false
  }

  /** This client simulates it from now on; its view stays. */
  handOver(id: number): void {
    this.entities.delete(id)
  }

  /** Shows all of them at a tick, with fraction. */
  draw(tick: number, elapsedMs: number): void {
    if (this.isSurprised) this.absorb()
    this.interpolator.aim(tick)
    this.drawnTick = tick
    for (const entity of this.entities.values()) this.drawOne(entity, elapsedMs)
  }

  /** What was drawn by guess turns out to have been elsewhere: the difference fades instead of jumping. */
  private absorb(): void {
    this.isSurprised = false
    this.interpolator.aim(this.drawnTick)
    for (const { kind, history, entry, correction, drawnJumps } of this.entities.values()) {
      if (entry === null || drawnJumps < 0) continue
      const jumps = this.interpolator.show(kind, history, this.scratch)
      if (jumps === drawnJumps) correction.absorb(kind, entry.fields, this.scratch)
    }
  }

  private enter(tick: number, held: HeldEntity): void {
    const { id, kind } = held
    // One that this client simulated until now is on screen already.
    const shown = this.views.find(id) ?? (this.isFirst ? this.views.add(kind, id, ownerOf(held)) : null)
    if (shown !== null) {
      shown.isShown = true
      this.views.setOwner(shown, ownerOf(held))
    }
    const entity: RemoteEntity = {
      id,
      kind,
      history: new EntityHistory(tick, held),
      correction: new Correction(),
      leftAt: null,
      entry: shown,
      drawnJumps: -1,
      isSettled: false,
    }
    this.entities.set(id, entity)
  }

  private update(entity: RemoteEntity, tick: number, held: HeldEntity, oldestTick: number): void {
    const { history, entry } = entity
    history.forgetBefore(oldestTick)
    entity.leftAt = null
    if (!history.add(tick, held)) return
    entity.isSettled = false
    if (entry !== null) this.views.setOwner(entry, ownerOf(held))
  }

  private drawOne(entity: RemoteEntity, elapsedMs: number): void {
    const { tick } = this.interpolator
    if (entity.leftAt !== null && tick >= entity.leftAt) return this.remove(entity)
    if (entity.entry === null) {
      if (tick < entity.history.firstTick) return
      entity.entry = this.views.add(entity.kind, entity.id, ownerOf(entity.history.at(tick)))
    }
    if (entity.isSettled) return
    this.show(entity, entity.entry, elapsedMs)
    entity.isSettled = !entity.correction.isActive && this.interpolator.isSettled(entity.kind, entity.history)
  }

  private show(entity: RemoteEntity, entry: ViewEntry, elapsedMs: number): void {
    const { kind, history, correction } = entity
    const jumps = this.interpolator.show(kind, history, entry.fields)
    if (jumps !== entity.drawnJumps) correction.clear()
    correction.apply(kind, entry.fields, elapsedMs)
    entity.drawnJumps = jumps
    this.views.moved(entry)
  }

  private remove(entity: RemoteEntity): void {
    this.entities.delete(entity.id)
    if (entity.entry !== null) this.views.remove(entity.entry)
  }
}
