import { slotOf, valueOf } from '@tickwire/protocol/internal'
import type { FieldLayout, HeldEntity, KindLayout } from '@tickwire/protocol/internal'
import { blobValue, heldTracks, isVisible, ownerOf } from '../fields.ts'
import type { RoomInside } from '../observer.ts'
import type { PredictedEntity } from '../prediction/predicted-entity.ts'

/** One field of an entity, by who says so; undefined: nobody does. */
export interface FieldValues {
  readonly name: string
  /** Simulated by this client, at its newest tick. */
  readonly predicted: unknown
  /** Told by the server, at the tick of the newest snapshot. */
  readonly received: unknown
  /** On the screen. */
  readonly drawn: unknown
}

/** An entity of a room, as far as this client knows of it. */
export interface EntityInside {
  readonly id: number
  readonly kind: KindLayout
  readonly isMine: boolean
  readonly held: HeldEntity | null
  readonly predicted: PredictedEntity | null
}

/** All entities of a kind: those that the server told of, then those that are only predicted. */
export function entitiesOf({ replica, predicted, parts }: RoomInside, kind: KindLayout): EntityInside[] {
  const entities: EntityInside[] = []
  const { seat } = parts.joined
  for (const held of replica.entities.values()) {
    if (held.kind !== kind) continue
    const own = kind.predicted ? (predicted.byId(held.id) ?? null) : null
    entities.push({ id: held.id, kind, isMine: ownerOf(held) === seat, held, predicted: own })
  }
  for (const entity of predicted.all) {
    if (entity.kind !== kind || entity.held !== null) continue
    entities.push({ id: entity.object.id, kind, isMine: true, held: null, predicted: entity })
  }
  return entities
}

/** Whether the entity is still what it was found as. */
export function isCurrent({ replica, predicted }: RoomInside, { id, held }: EntityInside): boolean {
  return held === null ? predicted.byId(id) !== undefined : replica.entities.get(slotOf(id)) === held
}

/** Reads entities' values; it keeps a row to read into. */
export class ValueReader {
  private readonly room: RoomInside
  private readonly row: Int32Array

  constructor(room: RoomInside) {
    this.room = room
    this.row = new Int32Array(room.codec.layout.maxColumns)
  }

  fieldsOf(entity: EntityInside, isWanted: (name: string) => boolean = () => true): FieldValues[] {
    const { held, predicted } = entity
    const drawn = this.room.parts.views.find(entity.id)?.fields
    if (held !== null) this.room.replica.rowAt(held, this.room.tick, this.row)
    return entity.kind.fields
      .filter(({ audience, name }) => audience !== 'nobody' && isWanted(name))
      .map((layout) => ({
        name: layout.name,
        predicted: predicted?.object[layout.name],
        received: held === null ? undefined : this.valueIn(held, layout),
        drawn: drawn?.[layout.name],
      }))
  }

  private valueIn(held: HeldEntity, layout: FieldLayout): unknown {
    const tracks = heldTracks(held)
    if (!isVisible(layout, tracks)) return undefined
    return layout.column < 0 ? blobValue(layout, held.blobs) : valueOf(layout, this.row, tracks.owner)
  }
}
