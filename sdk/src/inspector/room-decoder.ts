import { readEvents, readSnapshotHeader, readSpawnKeys, Replica } from '@tickwire/protocol/internal'
import type {
  BitReader,
  EventFields,
  EventFrame,
  GameCodec,
  HeldEntity,
  SnapshotHeader,
} from '@tickwire/protocol/internal'
import { heldTracks, ownerOf, readBlobs, readFields, sameValue } from '../fields.ts'
import type { Fields } from '@tickwire/protocol/internal'

/** What a snapshot told of one entity. */
export interface EntityChange {
  readonly change: 'enter' | 'update' | 'leave'
  readonly id: number
  /** As in the schema; `#room` and `#player` are the room's state and its players. */
  readonly kind: string
  readonly owner: number | null
  /** Of who enters, all that its receiver may see; of an update, what is not as the motion of before would have it. */
  readonly fields: Readonly<Fields>
}

/** An event as a snapshot told it. */
export interface ToldEvent {
  readonly name: string
  readonly tick: number
  readonly fields: Readonly<Record<string, unknown>>
}

export interface DecodedSnapshot {
  readonly header: SnapshotHeader
  readonly changes: readonly EntityChange[]
  readonly events: readonly ToldEvent[]
}

/** One tick's input. */
export interface DecodedInput {
  readonly tick: number
  /** The tick that was on screen, with fraction; null: none yet. */
  readonly viewTick: number | null
  readonly fields: Readonly<Record<string, unknown>>
}

const VIEW_STEPS = 16

/** What one seat is told, held as its client holds it: a snapshot means something only to who has read those before. */
export class RoomDecoder {
  readonly codec: GameCodec
  private readonly replica: Replica
  private readonly eventFields: EventFields
  private readonly row: Int32Array
  private last: { readonly seq: number; readonly tick: number }

  /** @param tick the room's, when the seat was given */
  constructor(codec: GameCodec, tick: number) {
    const { layout, packer, schema, eventNames } = codec
    this.codec = codec
    this.replica = new Replica(layout, packer)
    this.eventFields = eventNames.map((name) => schema.events[name]!)
    this.row = new Int32Array(layout.maxColumns)
    this.last = { seq: 0, tick }
  }

  /** The newest snapshot that was read; 0: none. */
  get seq(): number {
    return this.last.seq
  }

  /** Reads what follows the channel of a snapshot, and takes it in. @throws DecodeError; then nothing was taken in */
  readSnapshot(bits: BitReader, channel: number): DecodedSnapshot {
    const { replica, codec } = this
    const header = readSnapshotHeader(bits, channel, this.last)
    const { seq, tick } = header
    replica.begin()
    replica.readTrack(bits, 'all', tick)
    bits.align('body padding')
    replica.readTrack(bits, 'owner', tick)
    replica.readTrack(bits, 'revealed', tick)
    readSpawnKeys(bits, tick)
    const events = readEvents(bits, tick, this.eventFields, codec.packer)
    bits.expectEnd()
    const before = this.expected(tick)
    const { entered, left } = replica.commit()
    this.last = { seq, tick }
    return { header, changes: this.changes(tick, before, entered, left), events: events.map((one) => this.told(one)) }
  }

  /** Reads what follows the ack of a packet of inputs. */
  readInputs(bits: BitReader): DecodedInput[] {
    const { inputs } = this.codec
    const read = inputs.read(bits, this.last.tick)
    bits.expectEnd()
    return read.map(({ tick, columns, viewStamp }) => ({
      tick,
      viewTick: viewStamp < 0 ? null : viewStamp / VIEW_STEPS,
      fields: inputs.fromColumns(columns),
    }))
  }

  learnTable(number: number, bytes: Uint8Array): void {
    this.replica.learnTable(number, bytes)
  }

  /** What each entity would be at a tick if nothing were told of it. */
  private expected(tick: number): ReadonlyMap<HeldEntity, Known> {
    return new Map(Array.from(this.replica.entities.values(), (entity) => [entity, this.known(entity, tick)]))
  }

  private known(entity: HeldEntity, tick: number): Known {
    const { kind, blobs, anchors } = entity
    const fields: Fields = {}
    const tracks = heldTracks(entity)
    this.replica.rowAt(entity, Math.max(tick, anchors.all.tick), this.row)
    readFields(kind, this.row, tracks, fields)
    readBlobs(kind, blobs, tracks, fields)
    return {
      fields,
      owner: ownerOf(entity),
      anchorTicks: [anchors.all.tick, anchors.owner.tick, anchors.revealed.tick],
    }
  }

  private changes(
    tick: number,
    before: ReadonlyMap<HeldEntity, Known>,
    entered: readonly HeldEntity[],
    left: readonly HeldEntity[],
  ): EntityChange[] {
    const changes: EntityChange[] = []
    for (const { id, kind } of left) changes.push({ change: 'leave', id, kind: kind.name, owner: null, fields: {} })
    for (const entity of this.replica.entities.values()) {
      const old = before.get(entity)
      const { fields, owner, anchorTicks } = this.known(entity, tick)
      const about = { id: entity.id, kind: entity.kind.name, owner }
      if (old === undefined || entered.includes(entity))
        changes.push({ change: 'enter', ...about, fields: defined(fields) })
      else if (anchorTicks.some((at, i) => at !== old.anchorTicks[i])) {
        changes.push({ change: 'update', ...about, fields: differing(old.fields, fields) })
      }
    }
    return changes
  }

  private told({ event, tick, payload }: EventFrame): ToldEvent {
    return { name: this.codec.eventNames[event]!, tick, fields: payload }
  }
}

interface Known {
  readonly fields: Fields
  readonly owner: number | null
  readonly anchorTicks: readonly number[]
}

/** A field that its receiver may not see is undefined. */
function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function differing(old: Fields, now: Fields): Fields {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => !sameValue(old[name], value)))
}
