import {
  defaultValue,
  isShownName,
  ROOM_INVITE,
  ROOM_LOCKED,
  ROOM_OWNER,
  ROOM_REVISION,
  shownName,
} from '@tickwire/protocol/internal'
import type { Fields, GameLayout, HeldEntity, KindLayout, Replica, ShownSection } from '@tickwire/protocol/internal'
import { heldTracks, ownerOf, readBlobs, readFields } from '../fields.ts'
import { ReadOnlyShape } from './read-only.ts'

const HINT = 'only the server changes it'

/** The room's state and its players: as last received, for they are facts and not motion. */
export class RoomView {
  /** What the game sees as `room.state` and `world.state`. */
  readonly state: object
  readonly options: object
  readonly metadata: object
  /** What the game sees as `room.players`, by seat. */
  readonly players: Map<number, object> = new Map()
  private readonly seat: number
  private readonly layout: GameLayout
  private readonly stateFields: Fields
  private readonly playerShape: ReadOnlyShape
  private readonly profileShape: ReadOnlyShape
  private readonly playerFields: Map<number, Fields> = new Map()
  private readonly row: Int32Array

  constructor(layout: GameLayout, seat: number) {
    this.seat = seat
    this.layout = layout
    this.row = new Int32Array(layout.maxColumns)
    this.stateFields = Object.fromEntries(layout.room.fields.map(({ name, spec }) => [name, defaultValue(spec)]))
    this.state = new ReadOnlyShape('room.state', namesOf(layout.room), HINT).over(this.stateFields)
    this.options = sectionShape('room', 'options', layout).over(this.stateFields)
    this.metadata = sectionShape('room', 'metadata', layout).over(this.stateFields)
    this.profileShape = sectionShape('player', 'profile', layout)
    this.playerShape = new ReadOnlyShape('player', ['id', 'mine', ...namesOf(layout.player), 'profile'], HINT)
  }

  get owner(): number | null {
    return this.stateFields[ROOM_OWNER] as number | null
  }

  get isLocked(): boolean {
    return this.stateFields[ROOM_LOCKED] === true
  }

  get revision(): number {
    return this.stateFields[ROOM_REVISION] as number
  }

  get invite(): string {
    return this.stateFields[ROOM_INVITE] as string
  }

  /** Takes over what the replica holds at `tick`. */
  update(replica: Replica, tick: number): void {
    const seen = new Set<number>()
    for (const entity of replica.entities.values()) {
      if (entity.kind === this.layout.room) this.read(replica, entity, tick, this.stateFields)
      if (entity.kind !== this.layout.player) continue
      const seat = ownerOf(entity) ?? -1
      seen.add(seat)
      this.read(replica, entity, tick, this.fieldsOf(seat))
    }
    for (const seat of this.players.keys()) if (!seen.has(seat)) this.forget(seat)
  }

  private read(replica: Replica, entity: HeldEntity, tick: number, into: Fields): void {
    replica.rowAt(entity, tick, this.row)
    readFields(entity.kind, this.row, heldTracks(entity), into)
    readBlobs(entity.kind, entity.blobs, heldTracks(entity), into)
  }

  private fieldsOf(seat: number): Fields {
    let fields = this.playerFields.get(seat)
    if (fields === undefined) {
      fields = { id: seat, mine: seat === this.seat }
      fields['profile'] = this.profileShape.over(fields)
      this.playerFields.set(seat, fields)
      this.players.set(seat, this.playerShape.over(fields))
    }
    return fields
  }

  private forget(seat: number): void {
    this.players.delete(seat)
    this.playerFields.delete(seat)
  }
}

const sectionShape = (label: string, section: ShownSection, { schema }: GameLayout): ReadOnlyShape =>
  new ReadOnlyShape(`${label}.${section}`, Object.keys(schema[section]), HINT, (name) => shownName(section, name))

const namesOf = (kind: KindLayout): string[] =>
  kind.fields.filter(({ name, audience }) => audience !== 'nobody' && !isShownName(name)).map(({ name }) => name)
