import type {
  BitReader,
  EventFrame,
  GameCodec,
  HeldEntity,
  SnapshotHeader,
  SnapshotReference,
  Replica,
} from '@tickwire/protocol/internal'
import { heldTracks, ownerOf, readBlobs, readFields, sameValue } from '../fields.ts'
import type { Fields } from '@tickwire/protocol/internal'
import { readSnapshot } from '../read-snapshot.ts'

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

/** What a room's packets are read with. */
export interface ToldRoom {
  /** The newest snapshot that was read; 0: none. */
  readonly seq: number
  /** Reads what follows the channel of a snapshot. @throws DecodeError */
  readSnapshot(bits: BitReader, channel: number): DecodedSnapshot
  /** Reads what follows the ack of a packet of inputs. @throws DecodeError */
  readInputs(bits: BitReader): DecodedInput[]
  learnTable(number: number, bytes: Uint8Array): void
}

/** The inputs of a packet, at about the tick that was received last. */
export function readInputs({ inputs }: GameCodec, bits: BitReader, tick: number): DecodedInput[] {
  const read = inputs.read(bits, tick)
  bits.expectEnd()
  return read.map(({ tick: of, columns, viewStamp }) => ({
    tick: of,
    viewTick: viewStamp < 0 ? null : viewStamp / VIEW_STEPS,
    fields: inputs.fromColumns(columns),
  }))
}

/** What one seat is told, held as its client holds it: a snapshot means something only to who has read those before. */
export class RoomDecoder implements ToldRoom {
  readonly codec: GameCodec
  private readonly replica: Replica
  private readonly row: Int32Array
  private last: SnapshotReference

  /** @param last what was received so far, and is in `replica`; of a seat that was just given nothing, and the room's tick */
  constructor(codec: GameCodec, last: SnapshotReference, replica: Replica = codec.createReplica()) {
    this.codec = codec
    this.replica = replica
    this.row = new Int32Array(codec.layout.maxColumns)
    this.last = last
  }

  get seq(): number {
    return this.last.seq
  }

  /** Takes it in, too; when it throws, nothing was. */
  readSnapshot(bits: BitReader, channel: number): DecodedSnapshot {
    const { replica, codec, last } = this
    const { header, events } = readSnapshot(bits, channel, { codec, replica, last })
    const { seq, tick } = header
    const before = this.expected(tick)
    const { entered, left } = replica.commit()
    this.last = { seq, tick }
    return { header, changes: this.changes(tick, before, entered, left), events: toldEvents(codec, events) }
  }

  readInputs(bits: BitReader): DecodedInput[] {
    return readInputs(this.codec, bits, this.last.tick)
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
}

/** Events by their names. */
export function toldEvents({ eventNames }: GameCodec, events: readonly EventFrame[]): ToldEvent[] {
  return events.map(({ event, tick, payload }) => ({ name: eventNames[event]!, tick, fields: payload }))
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
