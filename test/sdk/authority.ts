import type { EmitOptions, EventOf, Game, GameTypes, KindOf, Place, SimEntity, SimWorld } from '@tickwire/protocol'
import {
  Anchors,
  BitWriter,
  defaultValue,
  drawRandom,
  emitterOf,
  encodeBlob,
  entityId,
  GameCodec,
  NO_PACKER,
  PredictionCounts,
  quantise,
  roundToSimulation,
  seatOf,
  TRACKS,
  writeCount,
  writeEvents,
  SlotGaps,
  writeSlots,
  writeSnapshotHeader,
  writeSpawnKeys,
  writeUpdate,
} from '@tickwire/protocol/internal'
import type {
  EventFrame,
  FieldLayout,
  Fields,
  KindLayout,
  SnapshotHeader,
  SpawnKey,
  TickInput,
  TrackName,
} from '@tickwire/protocol/internal'
import { encodedEvents } from '../protocol/encoded-events.ts'

type Thing = Fields & { readonly id: number; readonly kind: string; owner: number | null }

interface Truth {
  readonly slot: number
  readonly generation: number
  readonly kind: KindLayout
  readonly fields: Thing
  readonly origin: { readonly seat: number; readonly tick: number; readonly n: number } | null
  readonly row: Int32Array
  readonly blobs: { bytes: Uint8Array; revision: number }[]
  jumps: number
}

/** What one client was told: generations by slot, per track. */
interface Told {
  seq: number
  tick: number
  readonly held: Record<TrackName, Map<number, number>>
}

interface Emitted {
  readonly frame: EventFrame
  readonly emitter: number | null
}

/**
 * A server reduced to what a client can see of it: runs the game for everybody and writes snapshots. No rooms, links,
 * interest or budget, so that a test of the client fails for the client's reasons.
 */
export class Authority<G extends GameTypes> implements SimWorld<G> {
  readonly codec: GameCodec
  readonly isReplay = false
  readonly authority = true
  readonly dt: number
  readonly state: G['state']
  readonly options: Readonly<G['options']> = {} as G['options']
  tick = 0
  readonly seed = 1234
  /** Runs behind each simulation, like a room's `onTick`. */
  onTick: () => void = () => undefined
  /** Entities that the server does not despawn, whatever the simulation says: it decided otherwise. */
  readonly kept: Set<number> = new Set()
  private readonly game: Game<G>
  private readonly truths: Map<number, Truth> = new Map()
  private readonly generations: Map<number, number> = new Map()
  private readonly anchors: Record<TrackName, Anchors>
  private readonly counts = new PredictionCounts()
  private readonly inputs: Map<number, Map<number, TickInput>> = new Map()
  private readonly last: Map<number, Int32Array> = new Map()
  private readonly told: Map<number, Told> = new Map()
  private events: Emitted[] = []
  private isSimulating = false

  constructor(game: Game<G>) {
    this.game = game
    this.codec = new GameCodec(game.schema)
    this.dt = 1 / game.schema.tickRateHz
    const make = (track: TrackName): Anchors => {
      const anchors = new Anchors(this.codec.layout.kinds, track)
      anchors.reserve(1024)
      return anchors
    }
    this.anchors = { all: make('all'), owner: make('owner'), revealed: make('revealed') }
    this.state = this.place(this.codec.layout.room, null, null).fields
  }

  addPlayer(seat: number, fields: Fields = {}): Fields {
    const player = this.place(this.codec.layout.player, seat, null).fields
    return Object.assign(player, { connected: true }, fields)
  }

  removePlayer(seat: number): void {
    for (const { kind, fields, slot } of this.truths.values()) {
      if (kind === this.codec.layout.player && fields.owner === seat) this.truths.delete(slot)
    }
  }

  input(seat: number, input: TickInput): void {
    if (input.tick <= this.tick) return
    let inputs = this.inputs.get(seat)
    if (inputs === undefined) this.inputs.set(seat, (inputs = new Map()))
    if (!inputs.has(input.tick)) inputs.set(input.tick, input)
  }

  /** Runs the next tick; anchors are set at the ticks of snapshots. */
  step(): void {
    this.tick++
    for (const [seat, inputs] of this.inputs) {
      const columns =
        inputs.get(this.tick)?.columns ?? this.codec.inputs.repeat(this.last.get(seat) ?? this.codec.inputs.neutral)
      this.last.set(seat, columns)
    }
    this.counts.begin()
    this.isSimulating = true
    this.game.simulate(this)
    this.isSimulating = false
    this.onTick()
    for (const { kind, fields } of this.truths.values())
      if (kind.predicted) roundToSimulation(kind, fields, () => undefined)
    if (this.tick % this.codec.schema.ticksPerSnapshot === 0) this.anchor()
  }

  /** What a client is told now: the body of a `snapshot` message, from its channel on. */
  snapshot(seat: number, feedback: Partial<SnapshotHeader> = {}): Uint8Array {
    const told = this.toldOf(seat)
    told.seq++
    const { tick, codec } = this
    const header = {
      channel: 0,
      seq: told.seq,
      tick,
      isPartial: false,
      isSparse: false,
      slackTicks: null,
      starvedTicks: 0,
      ...feedback,
    }
    const writer = new BitWriter()
    const fresh: Truth[] = []
    writeSnapshotHeader(writer, header)
    this.writeTrack(writer, 'all', told, seat, fresh)
    writer.align()
    this.writeTrack(writer, 'owner', told, seat, [])
    this.writeTrack(writer, 'revealed', told, seat, [])
    const keys: SpawnKey[] = fresh.flatMap(({ origin, slot }) =>
      origin?.seat === seat ? [{ slot, tick: origin.tick, n: origin.n }] : [],
    )
    writeSpawnKeys(writer, keys, tick)
    const events = this.events.filter(({ frame }) => frame.tick > told.tick)
    const kinds = Object.values(codec.schema.events)
    const frames = events.map(({ frame, emitter }) => (emitter === seat ? frame : { ...frame, n: null }))
    writeEvents(writer, encodedEvents(frames, kinds, codec.packer), tick, kinds.length)
    told.tick = tick
    return writer.toBytes()
  }

  *all<K extends KindOf<G>>(kind: K): Iterable<SimEntity<G, K>> {
    for (const truth of this.sorted()) {
      if (truth.kind.name === kind && this.truths.get(truth.slot) === truth) yield truth.fields as SimEntity<G, K>
    }
  }

  get<K extends KindOf<G>>(kind: K, id: number | null): SimEntity<G, K> | undefined {
    const truth = this.sorted().find(({ fields }) => fields.id === id)
    return truth?.kind.name === kind ? (truth.fields as SimEntity<G, K>) : undefined
  }

  near<K extends KindOf<G>>(kind: K, at: Place, radius: number): SimEntity<G, K>[] {
    const found = [...this.all(kind)].map((one) => ({ one, squared: squaredDistance(one as unknown as Place, at) }))
    const near = found.filter(({ squared }) => squared <= radius * radius)
    return near.toSorted((a, b) => a.squared - b.squared || a.one.id - b.one.id).map(({ one }) => one)
  }

  spawn: SimWorld<G>['spawn'] = (kind, fields, options) => {
    const owner = seatOf(options?.owner)
    const n = this.isSimulating ? this.counts.nextSpawn(owner) : null
    const origin = owner === null || n === null ? null : { seat: owner, tick: this.tick, n }
    const truth = this.place(this.codec.layout.kindByName.get(kind)!, owner, origin)
    for (const { name } of truth.kind.fields) {
      const value = (fields as Fields)[name]
      if (value !== undefined) truth.fields[name] = structuredClone(value)
    }
    return truth.fields as never
  }

  despawn({ id }: { readonly id: number }): void {
    if (this.kept.has(id)) return
    for (const { fields, slot } of this.truths.values()) if (fields.id === id) this.truths.delete(slot)
  }

  emit(event: EventOf<G>, payload: object, options?: EmitOptions): void {
    const index = this.codec.eventNames.indexOf(event)
    const emitter = this.isSimulating ? emitterOf(payload, options) : null
    const n = this.isSimulating ? this.counts.nextEvent(index, emitter) : null
    this.events.push({ frame: { event: index, tick: this.tick, n, payload: { ...payload } }, emitter })
  }

  inputOf(of: { readonly owner: number | null } | number): Readonly<G['input']> {
    const seat = typeof of === 'number' ? of : of.owner
    const columns = this.last.get(seat ?? -1) ?? this.codec.inputs.neutral
    return this.codec.inputs.fromColumns(columns) as Readonly<G['input']>
  }

  teleport({ id }: { readonly id: number }): void {
    for (const truth of this.truths.values()) if (truth.fields.id === id) truth.jumps = (truth.jumps + 1) & 3
  }

  random(entity?: { readonly owner: number | null }): number {
    const owner = entity?.owner ?? null
    return drawRandom(this.seed, this.tick, owner, this.counts.nextDraw(owner))
  }

  private place(kind: KindLayout, owner: number | null, origin: Truth['origin']): Truth {
    let slot = 0
    while (this.truths.has(slot)) slot++
    const generation = (this.generations.get(slot) ?? -1) + 1
    this.generations.set(slot, generation)
    const defaults = Object.fromEntries(kind.fields.map(({ name, spec }) => [name, defaultValue(spec)]))
    const fields: Thing = { id: entityId(slot, generation), kind: kind.name, owner, ...defaults }
    const blobs = kind.blobs.map(() => ({ bytes: new Uint8Array(0), revision: 0 }))
    const row = new Int32Array(kind.columns.length)
    const truth: Truth = { slot, generation, kind, fields, origin, row, blobs, jumps: 0 }
    this.truths.set(slot, truth)
    for (const track of TRACKS) this.anchors[track].clear(slot)
    return truth
  }

  private sorted(): Truth[] {
    return [...this.truths.values()].toSorted((a, b) => a.fields.id - b.fields.id)
  }

  private anchor(): void {
    for (const truth of this.truths.values()) {
      const { kind, fields, row, slot, jumps } = truth
      quantise(
        kind,
        fields,
        row,
        (layout, value) => revise(truth, layout, value),
        () => undefined,
      )
      row[kind.ownerColumn] = fields.owner === null ? 0 : fields.owner + 1
      row[kind.ownerColumn + 1] = jumps
      for (const track of TRACKS) this.anchors[track].advance(slot, kind.index, row, this.tick)
    }
  }

  private toldOf(seat: number): Told {
    let told = this.told.get(seat)
    const nothing = (): Map<number, number> => new Map()
    told ??= { seq: 0, tick: 0, held: { all: nothing(), owner: nothing(), revealed: nothing() } }
    this.told.set(seat, told)
    return told
  }

  private writeTrack(writer: BitWriter, track: TrackName, told: Told, seat: number, fresh: Truth[]): void {
    const held = told.held[track]
    const seen = [...this.truths.values()].filter(({ slot, fields }) => {
      const isSeen = track === 'all' || (track === 'owner' && fields.owner === seat)
      return isSeen && this.anchors[track].newestTick(slot) >= 0
    })
    const visible = new Map(seen.map((truth) => [truth.slot, truth]))
    const gone = [...held.keys()].filter((slot) => !visible.has(slot)).toSorted((a, b) => a - b)
    // Who forgets an entity forgets its tracks with it.
    const removed = track === 'all' ? gone : gone.filter((slot) => told.held.all.has(slot))
    writeSlots(writer, removed, removed.length)
    for (const slot of gone) held.delete(slot)
    const dirty = seen.filter(({ slot, generation }) => {
      return held.get(slot) !== generation || this.anchors[track].newestTick(slot) > told.tick
    })
    writeCount(writer, dirty.length)
    const gaps = new SlotGaps()
    for (const truth of dirty.toSorted((a, b) => a.slot - b.slot)) {
      const { slot, generation, kind, blobs } = truth
      const isHeld = held.get(slot) === generation
      const heldTick = isHeld ? this.anchors[track].heldAt(slot, told.tick) : -1
      gaps.write(writer, slot)
      const head = track === 'all' ? { kind: kind.index, generation } : null
      writeUpdate(
        writer,
        this.anchors[track],
        slot,
        kind.index,
        heldTick,
        this.tick,
        head,
        (blob) => blobs[blob]!.bytes,
      )
      if (!isHeld) fresh.push(truth)
      held.set(slot, generation)
    }
  }
}

function revise(truth: Truth, { blob, name, declared }: FieldLayout, value: unknown): number {
  const kept = truth.blobs[blob]!
  const bytes = encodeBlob(name, declared, value, NO_PACKER)
  const isSame = bytes.length === kept.bytes.length && bytes.every((byte, i) => byte === kept.bytes[i])
  if (!isSame) Object.assign(kept, { bytes, revision: kept.revision + 1 })
  return kept.revision
}

function squaredDistance(a: Place, b: Place): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2
}
