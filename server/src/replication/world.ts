import { ConfigError } from '@tickwire/protocol'
import type { EmitOptions, Owner, Place } from '@tickwire/protocol'
import { defaultValue, drawRandom, emitterOf, isShownName, PredictionCounts, seatOf } from '@tickwire/protocol/internal'
import type { Fields, GameCodec, KindLayout } from '@tickwire/protocol/internal'
import { sectionView } from '../lobby/section-view.ts'
import type { Entity } from './entity-list.ts'
import { EntityTable } from './entity-table.ts'
import type { EntityRecord, SpawnOrigin } from './entity-table.ts'
import type { EventLog } from './event-log.ts'
import type { Reveals } from './reveals.ts'

/** What the world needs of its room. */
export interface WorldHost {
  readonly maxPlayers: number
  readonly simulationSeed: number
  /** The input of a seat for the tick being run; the idle one of an empty seat. */
  inputOf(seat: number): object
  /** What travels of a player, if this is one that is in the room. */
  recordOf(player: object): EntityRecord | undefined
  /** Whether this was a player of the room and is not any more: its number may be somebody else's. */
  hasLeft(player: object): boolean
}

/**
 * The server's world, without the types of a game: `ServerWorld` of `room-api.ts` is what game code sees of it.
 * Entities are plain objects of one stable shape; nothing here watches what is written to them.
 */
export class World {
  readonly isReplay = false
  readonly authority = true
  readonly dt: number
  readonly state: Fields
  readonly options: object
  readonly table: EntityTable
  /** The tick being run, or that ran last. */
  tick = 0
  /** True within `simulate`: only what happens there has prediction keys. */
  isSimulating = false
  private readonly codec: GameCodec
  private readonly host: WorldHost
  private readonly events: EventLog
  private readonly counts: PredictionCounts = new PredictionCounts()

  constructor(codec: GameCodec, host: WorldHost, events: EventLog) {
    this.codec = codec
    this.host = host
    this.events = events
    this.dt = 1 / codec.schema.tickRateHz
    this.table = new EntityTable(codec.layout)
    const { room } = codec.layout
    this.state = fieldsOf(room, {})
    this.options = sectionView(this.state, 'options', Object.keys(codec.schema.options))
    this.table.add(room, null, () => ({ fields: this.state, head: { owner: null } }))
  }

  /** Runs one step of the simulation; its spawns, emits and draws are counted from 0. */
  simulate<T>(step: () => T): T {
    this.counts.begin()
    this.isSimulating = true
    try {
      return step()
    } finally {
      this.isSimulating = false
    }
  }

  all(kind: string): Iterable<Entity> {
    return this.table.list(this.kindOf(kind))
  }

  get(kind: string, id: number | null): Entity | undefined {
    const record = id === null ? undefined : this.table.find(id)
    return record?.kind === this.kindOf(kind) ? (record.fields as Entity) : undefined
  }

  near(kind: string, at: Place, radius: number): Entity[] {
    return this.table.near(this.positioned(kind, 'near'), at, radius)
  }

  /** A kind that stands somewhere. @throws ConfigError for one that does not; `asked` names the question */
  positioned(kind: string, asked: string): KindLayout {
    const layout = this.kindOf(kind)
    if (layout.position.length > 0) return layout
    const hint = 'declare { position: [...] } in its entity()'
    throw new ConfigError(`${asked}("${kind}")`, 'a kind with a position', kind, hint)
  }

  spawn(kind: string, fields: Fields, options?: { readonly owner?: Owner }): Entity {
    const layout = this.kindOf(kind)
    const owner = this.ownerOf(options?.owner)
    const record = this.table.add(layout, this.originOf(owner), (id) => {
      const entity: Entity = { id, kind, owner, ...fieldsOf(layout, fields) }
      Object.defineProperties(entity, FIXED)
      return { fields: entity, head: entity }
    })
    return record.fields as Entity
  }

  despawn(entity: { readonly id: number }): void {
    if (this.host.recordOf(entity) !== undefined) {
      throw new ConfigError('despawn', 'an entity', 'a player', 'call its leave()')
    }
    const record = this.table.find(entity.id)
    if (record !== undefined && record.kind.index > this.codec.layout.player.index) this.table.remove(record)
  }

  emit(event: string, payload: object, options?: EmitOptions): void {
    const index = this.codec.eventNames.indexOf(event)
    if (index < 0) throw new ConfigError('emit', `one of ${this.codec.eventNames.join(', ') || '(none)'}`, event)
    const emitter = emitterOf(payload, options)
    const n = this.isSimulating && emitter !== null ? this.counts.nextEvent(index, emitter) : null
    this.events.push({ event: index, tick: this.tick, payload, emitter, n, at: options?.at ?? null })
  }

  inputOf(of: { readonly owner: number | null } | number): object {
    return this.host.inputOf(typeof of === 'number' ? of : (of.owner ?? -1))
  }

  teleport(entity: { readonly id: number }): void {
    const record = this.recordOf(entity, 'teleport')
    record.jumps = (record.jumps + 1) % 4
    record.isTouched = true
  }

  random(entity?: { readonly owner: number | null }): number {
    const owner = entity?.owner ?? null
    return drawRandom(this.host.simulationSeed, this.tick, owner, this.counts.nextDraw(owner))
  }

  reveal(entity: { readonly id: number }, to: Audience): void {
    show(this.recordOf(entity, 'reveal').reveals, to, true)
  }

  conceal(entity: { readonly id: number }, from: Audience): void {
    show(this.recordOf(entity, 'conceal').reveals, from, false)
  }

  touch(entity: { readonly id: number }): void {
    this.table.touch(this.recordOf(entity, 'touch'))
  }

  private recordOf(entity: { readonly id: number }, verb: string): EntityRecord {
    // A player's id is its seat, not an entity's: its fields are revealed as the player's own.
    const record = this.host.recordOf(entity) ?? this.table.find(entity.id)
    if (record === undefined) throw new ConfigError(verb, 'an entity that is in the world', `id ${entity.id}`)
    return record
  }

  private kindOf(name: string): KindLayout {
    const kind = this.codec.layout.kindByName.get(name)
    if (kind === undefined || kind.index <= this.codec.layout.player.index) {
      throw new ConfigError(
        'entity kind',
        `one of ${Object.keys(this.codec.schema.entities).join(', ') || '(none)'}`,
        name,
      )
    }
    return kind
  }

  private ownerOf(owner: Owner): number | null {
    const seat = seatOf(owner)
    if (typeof owner === 'object' && owner !== null) this.checkPlayer(owner)
    if (seat !== null && !(Number.isInteger(seat) && seat >= 0 && seat < this.host.maxPlayers)) {
      throw new ConfigError('spawn owner', `a player or a seat number below ${this.host.maxPlayers}`, seat)
    }
    return seat
  }

  private checkPlayer(owner: object): void {
    if ('kind' in owner)
      throw new ConfigError('spawn owner', 'a player or a seat number', 'an entity', 'pass its `owner`')
    if (this.host.hasLeft(owner)) throw new ConfigError('spawn owner', 'a player of this room', 'one that has left')
  }

  private originOf(owner: number | null): SpawnOrigin | null {
    if (!this.isSimulating || owner === null) return null
    return { seat: owner, tick: this.tick, n: this.counts.nextSpawn(owner) }
  }
}

/** Whom something is revealed to: a player, the players of some teams (a bit mask), or everybody. */
type Audience = { readonly id: number } | { readonly team: number } | 'all'

function show(reveals: Reveals, to: Audience, isShown: boolean): void {
  // A player has a team, too: by its id it is told from a bare mask.
  if (to === 'all') reveals.set('all', isShown)
  else if ('id' in to) reveals.set(to.id, isShown)
  else reveals.setTeams(to.team, isShown)
}

/** The fields of a kind in the order of the schema, as given or as they start. */
export function fieldsOf(kind: KindLayout, given: Fields): Fields {
  const fields: Fields = {}
  for (const { name, spec } of kind.fields) {
    fields[name] = ownCopy(given[name] ?? defaultValue(spec))
    // What a game did not declare in this place it does not find when it lists or copies what is there.
    if (isShownName(name)) Object.defineProperty(fields, name, { enumerable: false })
  }
  return fields
}

/** A vector or a list that came from another entity must not be shared with it. */
function ownCopy(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value
}

/** An `Object.assign` of something that happens to have an id would else take the entity from under its room. */
const FIXED = { id: { writable: false }, kind: { writable: false } }
