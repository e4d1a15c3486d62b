import { ConfigError } from '@tickwire/protocol'
import type {
  EmitOptions,
  EventOf,
  GameTypes,
  KindOf,
  OthersStand,
  Place,
  Show,
  SimEntity,
  SimWorld,
  SpawnFields,
  SpawnOptions,
} from '@tickwire/protocol'
import { drawRandom, emitterOf, PredictionCounts, seatOf } from '@tickwire/protocol/internal'
import type { Fields, GameCodec, KindLayout, Replica } from '@tickwire/protocol/internal'
import { cloneValue, defaultFields } from '../fields.ts'
import type { InputBuffer } from '../input/input-buffer.ts'
import { placeOf } from '../view/near-grid.ts'
import type { EntityViews, ViewEntry } from '../view/views.ts'
import { Others } from './others.ts'
import { ALL_OWN, newPredicted } from './predicted-entity.ts'
import type { PredictedEntities, PredictedEntity, SimObject } from './predicted-entity.ts'

/** An event of this client's own, as it was predicted. */
export interface PredictedEvent {
  readonly event: number
  readonly tick: number
  readonly n: number
  readonly payload: Readonly<Fields>
}

export interface PredictedWorldParts {
  readonly codec: GameCodec
  readonly seat: number
  readonly simulationSeed: number
  readonly state: object
  readonly options: object
  readonly views: EntityViews
  readonly entities: PredictedEntities
  readonly inputs: InputBuffer
  readonly replica: Replica
  /** Told of each emit, again in each replay. */
  readonly onEmit: (event: PredictedEvent) => void
}

/**
 * The world that a simulation runs in on a client: it simulates what its player owns of the kinds that are predicted, and
 * shows the rest, read-only, where it is drawn.
 */
export class PredictedWorld<G extends GameTypes> implements SimWorld<G> {
  readonly authority = false
  readonly dt: number
  readonly state: Readonly<G['state']>
  readonly options: Readonly<G['options']>
  tick = 0
  isReplay = false
  private readonly parts: PredictedWorldParts
  private readonly others: Others
  private readonly counts = new PredictionCounts()
  private readonly neutralInput: Readonly<G['input']>
  /** Entities of others that the simulation has despawned, and when: hidden until the server has run that tick too. */
  private readonly hidden: Map<ViewEntry, number> = new Map()
  private replay = 0

  constructor(parts: PredictedWorldParts, others: OthersStand) {
    const { codec, replica, views } = parts
    const { tickRateHz } = codec.schema
    this.parts = parts
    this.others = new Others(replica, views, tickRateHz, codec.layout.maxColumns, others === 'extrapolated')
    this.dt = 1 / codec.schema.tickRateHz
    this.state = parts.state as Readonly<G['state']>
    this.options = parts.options as Readonly<G['options']>
    this.neutralInput = codec.inputs.fromColumns(codec.inputs.neutral) as Readonly<G['input']>
  }

  /** Before each run of a tick. */
  begin(tick: number, replay: number): void {
    this.tick = tick
    this.replay = replay
    this.isReplay = replay > 0
    this.others.aim(tick)
    this.counts.begin()
  }

  /** The newest snapshot is of this tick. */
  received(tick: number): void {
    this.others.received(tick)
  }

  /**
   * The server has run `tick`: what it still holds of the hidden ones was not despawned. Of later ticks a replay, if there
   * is one, decides anew.
   */
  unhide(tick: number, isReplayed: boolean, isHeld: (id: number) => boolean): void {
    for (const [entry, since] of this.hidden) {
      if (since > tick && !isReplayed) continue
      this.hidden.delete(entry)
      entry.isShown = isHeld(entry.fields.id)
    }
  }

  *all<K extends KindOf<G>>(kind: K): Iterable<SimEntity<G, K>> {
    // As on the server: what is spawned meanwhile is not visited, what is despawned meanwhile is skipped.
    for (const entity of this.parts.entities.all.slice()) {
      if (entity.isAlive && entity.kind.name === kind) yield entity.object as SimEntity<G, K>
    }
  }

  get<K extends KindOf<G>>(kind: K, id: number | null): SimEntity<G, K> | undefined {
    if (id === null) return undefined
    const own = this.parts.entities.byId(id)
    if (own !== undefined) return own.isAlive && own.kind.name === kind ? (own.object as SimEntity<G, K>) : undefined
    const entry = this.parts.views.find(id)
    if (entry === undefined || !entry.isShown || entry.kind.name !== kind) return undefined
    return this.others.see(entry)?.view as SimEntity<G, K> | undefined
  }

  near<K extends KindOf<G>>(kind: K, at: Place, radius: number): SimEntity<G, K>[] {
    const found: Near[] = []
    const consider = (fields: SimObject | ViewEntry['fields'], thing: object, layout: KindLayout): void => {
      const squared = squaredDistance(layout, fields, at)
      if (squared <= radius * radius) found.push({ thing, squared, id: fields.id })
    }
    for (const { object, kind: layout, isAlive } of this.parts.entities.all) {
      if (isAlive && layout.name === kind) consider(object, object, layout)
    }
    for (const entry of this.others.around(kind, at, radius)) {
      const seen = entry.isShown && !entry.isPredicted ? this.others.see(entry) : null
      if (seen !== null) consider(seen.fields, seen.view, entry.kind)
    }
    found.sort((a, b) => a.squared - b.squared || a.id - b.id)
    return found.map(({ thing }) => thing as SimEntity<G, K>)
  }

  spawn<K extends KindOf<G>>(kind: K, fields: SpawnFields<G['entities'][K]>, options?: SpawnOptions): SimEntity<G, K> {
    const layout = this.parts.codec.layout.kindByName.get(kind)
    if (layout === undefined) throw new ConfigError('world.spawn', 'a kind of the schema', kind)
    const owner = seatOf(options?.owner)
    const n = this.counts.nextSpawn(owner)
    // What is not ours to predict comes with the server's snapshot; until then game code holds an object that nobody sees.
    const object =
      owner === this.parts.seat && layout.predicted
        ? this.predictSpawn(layout, n, owner)
        : { id: this.parts.entities.takeId(), kind, owner, ...defaultFields(layout) }
    assignFields(layout, fields, object)
    return object as SimEntity<G, K>
  }

  despawn({ id }: { readonly id: number }): void {
    const own = this.parts.entities.byId(id)
    if (own !== undefined) {
      own.isAlive = false
      return
    }
    const entry = this.parts.views.find(id)
    if (entry === undefined || !entry.isShown) return
    entry.isShown = false
    this.hidden.set(entry, this.tick)
  }

  emit<E extends EventOf<G>>(event: E, payload: Show<G['events'][E]>, options?: EmitOptions): void {
    const index = this.parts.codec.eventNames.indexOf(event)
    if (index < 0) throw new ConfigError('world.emit', 'an event of the schema', event)
    const emitter = emitterOf(payload, options)
    const n = this.counts.nextEvent(index, emitter)
    // Without an emitter of its own it has no key: the server's would be heard as a second one.
    if (emitter !== this.parts.seat) return
    // The payload may be an entity, which moves on: only what it says now, and only what is declared.
    const names = Object.keys(this.parts.codec.schema.events[event] ?? {})
    const said = Object.fromEntries(names.map((name) => [name, cloneValue((payload as Fields)[name])]))
    this.parts.onEmit({ event: index, tick: this.tick, n, payload: said })
  }

  inputOf(of: { readonly owner: number | null } | number): Readonly<G['input']> {
    const seat = typeof of === 'number' ? of : of.owner
    if (seat !== this.parts.seat) return this.neutralInput
    return this.parts.inputs.at(this.tick)
  }

  teleport({ id }: { readonly id: number }): void {
    const own = this.parts.entities.byId(id)
    if (own !== undefined) own.jumps = (own.jumps + 1) % JUMPS
  }

  random(entity?: { readonly owner: number | null }): number {
    const owner = entity?.owner ?? null
    return drawRandom(this.parts.simulationSeed, this.tick, owner, this.counts.nextDraw(owner))
  }

  /** In a replay a spawn with the same key is the same thing: it keeps its object, its view and its sprite. */
  private predictSpawn(kind: KindLayout, n: number, owner: number): SimObject {
    const { entities, views } = this.parts
    const key = { tick: this.tick, n }
    const known = entities.byKey(key)
    if (known?.kind === kind && known.held === null) {
      Object.assign(known.object, defaultFields(kind), { owner })
      return this.revive(known)
    }
    const id = entities.takeId()
    const entity = newPredicted(kind, id, owner, views.add(kind, id, owner))
    entity.key = key
    entities.add(entity)
    return this.revive(entity)
  }

  private revive(entity: PredictedEntity): SimObject {
    entity.isAlive = true
    entity.jumps = 0
    entity.tracks = ALL_OWN
    entity.spawnedIn = this.replay
    return entity.object
  }
}

/** Teleports are counted modulo 4, as on the wire. */
const JUMPS = 4

interface Near {
  readonly thing: object
  readonly squared: number
  readonly id: number
}

function squaredDistance(kind: KindLayout, fields: Fields, at: Place): number {
  if (kind.position.length === 0) {
    throw new ConfigError('world.near', 'a kind with a position, declared in entity()', kind.name)
  }
  const { x, y } = placeOf(kind, fields)
  const [dx, dy] = [x - at.x, y - at.y]
  return dx * dx + dy * dy
}

function assignFields(kind: KindLayout, given: Fields, object: SimObject): void {
  for (const { name } of kind.fields) if (given[name] !== undefined) object[name] = cloneValue(given[name])
}
