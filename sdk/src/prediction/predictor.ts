import type { Game, GameTypes } from '@tickwire/protocol'
import { roundToSimulation, slotOf, valueOf } from '@tickwire/protocol/internal'
import type { Fields, HeldEntity, SpawnKey } from '@tickwire/protocol/internal'
import { cloneValue, heldTracks, isVisible, jumpsIn, ownerIn, readBlobs } from '../fields.ts'
import { blendRows } from '../interpolation/blend.ts'
import type { Report } from '../report.ts'
import { NEVER_DRAWN, newPredicted } from './predicted-entity.ts'
import type { PredictedEntities, PredictedEntity } from './predicted-entity.ts'
import { firstDifference, PredictedStates } from './predicted-states.ts'
import { PredictedWorld } from './predicted-world.ts'
import type { PredictedWorldParts } from './predicted-world.ts'

/** Ticks that are replayed at most; a correction older than that is adopted as it is and smoothed. */
const MAX_REPLAY_TICKS = 64

export interface PredictorParts extends PredictedWorldParts {
  readonly report: Report
}

/** What a snapshot said of the prediction. */
export interface Reconciliation {
  /** The field that differed (`'ship.hp'`), null if all was as predicted. */
  readonly miss: string | null
  /** True if ticks were run again. */
  readonly isReplayed: boolean
}

/**
 * Runs the simulation ahead of the server for what this player owns, and sets it right: a snapshot of tick T is compared
 * with what was predicted for T, at simulation precision; if it differs, T is restored and the ticks since are replayed.
 */
export class Predictor<G extends GameTypes> {
  /** Snapshots that moved the picture of what was predicted: not those that only changed what the server alone decides. */
  corrections = 0
  private readonly parts: PredictorParts
  private readonly game: Game<G>
  private readonly world: PredictedWorld<G>
  private readonly entities: PredictedEntities
  private readonly states: PredictedStates
  /** The newest tick that was run. */
  private tick = -1
  private replays = 0
  private fraction = 0
  private readonly row: Int32Array
  private readonly scratch: Fields = {}

  constructor(game: Game<G>, parts: PredictorParts) {
    this.parts = parts
    this.game = game
    this.world = new PredictedWorld<G>(parts, game.others)
    this.entities = parts.entities
    this.states = new PredictedStates(parts.codec.layout)
    this.row = new Int32Array(parts.codec.layout.maxColumns)
  }

  /** Runs the next tick. After a jump of time the ticks between are taken as the server took them: without new inputs. */
  run(tick: number): void {
    if (tick <= this.tick) return
    const skipped = this.tick < 0 ? 0 : tick - this.tick - 1
    if (skipped > 0 && skipped <= MAX_REPLAY_TICKS) {
      for (let next = this.tick + 1; next < tick; next++) this.step(next, 0)
    }
    this.step(tick, 0)
    this.tick = tick
    // The picture catches up with time instead of jumping with it.
    if (skipped > 0) for (const entity of this.entities.all) if (entity.isAlive) this.absorb(entity)
  }

  /** Takes the server's word for `tick`: `own` is all that it lets this player predict, `keys` say which spawns are ours. */
  reconcile(tick: number, own: readonly HeldEntity[], keys: readonly SpawnKey[]): Reconciliation {
    this.world.received(tick)
    this.adoptSpawns(own, keys)
    const { differs, miss } = this.compare(tick, own)
    this.world.unhide(tick, differs, (id) => this.isHeld(id))
    const isSeen = differs && this.rollBack(tick, own)
    if (!differs) this.dropGone(tick, own)
    if (isSeen && miss !== null) this.corrections++
    return { miss, isReplayed: differs }
  }

  /** Shows the entities at `fraction` of the way between the last two ticks, and what is left of corrections. */
  draw(fraction: number, elapsedMs: number): void {
    this.fraction = fraction
    for (const entity of this.entities.all) {
      entity.entry.isShown = entity.isAlive
      if (!entity.isAlive) continue
      // Interpolation first, then the error: the other way round the error itself would be interpolated and jump.
      this.show(entity, entity.entry.fields)
      entity.correction.apply(entity.kind, entity.entry.fields, elapsedMs)
      entity.drawnJumps = entity.jumps
    }
  }

  private step(tick: number, replay: number): void {
    this.world.begin(tick, replay)
    try {
      this.game.simulate(this.world)
      for (const { kind, object, isAlive } of this.entities.all)
        if (isAlive) roundToSimulation(kind, object, ignoreClamp)
      this.states.save(tick, this.entities.all)
    } catch (error) {
      this.parts.report('the simulation threw on this client; its own entities wait for the server', error)
    }
  }

  private adoptSpawns(own: readonly HeldEntity[], keys: readonly SpawnKey[]): void {
    for (const key of keys) {
      const held = own.find(({ slot }) => slot === key.slot)
      const entity = this.entities.byKey(key)
      if (held === undefined || entity === undefined || entity.held !== null || entity.kind !== held.kind) continue
      entity.held = held
      entity.object.id = held.id
      this.parts.views.rename(entity.entry, held.id)
    }
    if (keys.length > 0) this.entities.sort()
  }

  private compare(
    tick: number,
    own: readonly HeldEntity[],
  ): { readonly differs: boolean; readonly miss: string | null } {
    if (!this.states.has(tick)) return { differs: own.length + this.entities.all.length > 0, miss: null }
    let [differs, miss]: [boolean, string | null] = [false, null]
    for (const held of own) {
      const entity = this.entities.byId(held.id)
      const missed = entity === undefined ? null : this.missOf(tick, held, entity)
      // An entity that the server made, as after a respawn, is news and no mistake.
      differs ||= entity === undefined || missed !== null
      miss ??= missed
    }
    for (const { entity } of this.states.at(tick)) {
      if (entity === null || own.some(({ id }) => id === entity.object.id)) continue
      differs = true
      // A spawn that the server did not make was a mistake; an entity that it removed is its own decision.
      if (entity.held === null) miss ??= entity.kind.name
    }
    return { differs, miss }
  }

  private missOf(tick: number, held: HeldEntity, entity: PredictedEntity): string | null {
    const { name } = held.kind
    const state = this.states.find(tick, entity)
    if (state === undefined) return name
    this.parts.replica.rowAt(held, tick, this.row)
    const field = firstDifference(state, this.row, held)
    return field === null ? null : `${name}.${field}`
  }

  /** @returns whether anything is elsewhere than it was drawn, came back or is gone */
  private rollBack(tick: number, own: readonly HeldEntity[]): boolean {
    this.replays++
    const wereAlive = new Set(this.entities.all.filter(({ isAlive }) => isAlive))
    for (const entity of this.entities.all) entity.isAlive = false
    for (const held of own) this.load(tick, held)
    this.dropGone(tick, own)
    // The picture may lie between this tick and the next one.
    this.states.save(tick, this.entities.all)
    // What the server removed is its decision; a spawn that it never made was a mistake.
    let isSeen = [...wereAlive].some((entity) => entity.held === null && !this.entities.all.includes(entity))
    this.replay(tick)
    for (const entity of this.entities.all) {
      const isUndone = entity.held === null && entity.spawnedIn !== this.replays
      const isMoved = entity.isAlive && this.absorb(entity)
      isSeen ||= isMoved || entity.isAlive !== wereAlive.has(entity)
      if (isUndone) this.drop(entity)
    }
    return isSeen
  }

  private replay(tick: number): void {
    const isTooLong = this.tick - tick > MAX_REPLAY_TICKS
    if (isTooLong) this.states.clear()
    else for (let next = tick + 1; next <= this.tick; next++) this.step(next, this.replays)
    this.tick = Math.max(this.tick, tick)
    if (isTooLong || this.tick === tick) this.states.save(this.tick, this.entities.all)
  }

  /** Puts an entity where the server had it at `tick`. */
  private load(tick: number, held: HeldEntity): void {
    const { kind } = held
    this.parts.replica.rowAt(held, tick, this.row)
    const entity = this.entities.byId(held.id) ?? this.adopt(held)
    const { object } = entity
    entity.held = held
    entity.tracks = heldTracks(held)
    entity.isAlive = true
    entity.jumps = jumpsIn(kind, this.row)
    object.owner = ownerIn(kind, this.row)
    for (const layout of kind.fields) {
      if (layout.column >= 0 && isVisible(layout, entity.tracks)) {
        object[layout.name] = valueOf(layout, this.row, entity.tracks.owner)
      }
    }
    readBlobs(kind, held.blobs.map(cloneValue), entity.tracks, object)
  }

  /** An entity that the server gives to this player enters prediction; if it is on screen already, as it stands there. */
  private adopt({ kind, id }: HeldEntity): PredictedEntity {
    const { views, seat } = this.parts
    const shown = views.find(id)
    const entity = newPredicted(kind, id, seat, shown ?? views.add(kind, id, seat))
    if (shown !== undefined) entity.drawnJumps = jumpsIn(kind, this.row)
    this.entities.add(entity)
    return entity
  }

  /** What was drawn until now is where the picture goes on from, unless it was a jump on purpose. */
  private absorb(entity: PredictedEntity): boolean {
    const { kind, correction, entry, drawnJumps, jumps } = entity
    if (drawnJumps !== jumps) {
      correction.clear()
      // Game code may look at it before the next frame.
      if (drawnJumps === NEVER_DRAWN) this.show(entity, entry.fields)
      return false
    }
    this.show(entity, this.scratch)
    return correction.absorb(kind, entry.fields, this.scratch)
  }

  private show(entity: PredictedEntity, into: Fields): void {
    const { kind, tracks, entry, object } = entity
    const now = this.states.find(this.tick, entity)
    if (now === undefined) return
    const before = this.states.find(this.tick - 1, entity) ?? now
    const isJump = jumpsIn(kind, before.row) !== jumpsIn(kind, now.row)
    blendRows(kind, isJump ? now.row : before.row, now.row, this.fraction, now.row, tracks, into)
    readBlobs(kind, now.blobs, tracks, into)
    this.parts.views.setOwner(entry, object.owner)
  }

  /** Drops what the server has removed, and spawns that it should have made by now. */
  private dropGone(tick: number, own: readonly HeldEntity[]): void {
    for (const entity of this.entities.all) {
      const isDue = entity.held !== null || (entity.key?.tick ?? tick) <= tick
      if (isDue && !own.some(({ id }) => id === entity.object.id)) this.drop(entity)
    }
  }

  private drop(entity: PredictedEntity): void {
    this.entities.remove(entity)
    entity.entry.isPredicted = false
    // One that only changed hands stays in the picture, as one of the others.
    if (!this.isHeld(entity.object.id)) this.parts.views.remove(entity.entry)
  }

  private isHeld(id: number): boolean {
    return id >= 0 && this.parts.replica.entities.get(slotOf(id))?.id === id
  }
}

const ignoreClamp = (): void => undefined
