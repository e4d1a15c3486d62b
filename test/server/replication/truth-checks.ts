import { quantise } from '@tickwire/protocol/internal'
import { expect } from 'vitest'
import type { Fields, HeldEntity, KindLayout, ServerItem } from '@tickwire/protocol/internal'
import type { EntityRecord } from '../../../server/src/replication/entity-table.ts'
import type { Member, RoomHarness } from '../room/harness.ts'
import { stateHash } from './state-hash.ts'
import { isHiddenFrom } from './truth-game.ts'

/** Holds what clients have decoded against the world of their room, and against what they may know of it. */
export class TruthChecks {
  private readonly harness: RoomHarness
  private readonly members: readonly Member[]
  /** By seat: the newest snapshot that was looked at. */
  private readonly checked: Map<number, number> = new Map()

  /** @param members by seat */
  constructor(harness: RoomHarness, members: readonly Member[]) {
    this.harness = harness
    this.members = members
  }

  /** A client counts its snapshots from 1 again. */
  forget({ seat }: Member): void {
    this.checked.delete(seat)
  }

  /** Holds what a client has against the truth, if it was told something since the last time. */
  check(member: Member): void {
    const { link, seat: id } = member
    const { replication } = this.harness.room.core
    if (link.isCut || link.tick !== replication.tick || link.heldSeq === this.checked.get(id)) return
    this.checked.set(id, link.heldSeq)
    const [first, second] = link.told.slice(-2).map(({ header }) => header)
    if (first?.tick === second?.tick) expect(second?.isPartial, '[VER4] tells everything').toBe(false)
    const visible = [...replication.table].filter((record) => this.isVisible(record, id))
    for (const record of replication.table) this.checkView(record, id, visible.includes(record))
    expect(new Set([...link.replica.entities.values()].map(({ id: heldId }) => heldId))).toEqual(
      new Set(visible.map((record) => record.id)),
    )
    this.checkHash(link)
    for (const held of link.replica.entities.values()) this.checkNames(link, id, held)
    for (const record of visible) if (this.isTold(record, id)) this.checkEntity(link, id, record)
  }

  /** [VER2] at both ends, if this snapshot came with a hash. */
  private checkHash({ items, replica, tick }: Member['link']): void {
    const hash = hashOf(items)
    if (hash?.tick16 === (tick & 0xffff)) expect(stateHash(replica, tick), 'hash').toBe(hash.hash)
  }

  /** In the view: shown, unless put off; well outside of it: not; in between it depends on where it came from. */
  private checkView({ id: entityId, kind, head, fields }: EntityRecord, id: number, isShown: boolean): void {
    const { view } = this.harness.room.core.seats.at(id)!
    const { isPartial } = this.members[id]!.link.told.at(-1)!.header
    const isOwn = head.owner === id || kind.name.startsWith('#')
    if (!isOwn && this.isWalled && isHiddenFrom(entityId, id)) {
      expect(isShown, 'is hidden').toBe(false)
      return
    }
    const isEverywhere = view === null || isOwn || kind.position.length === 0 || kind.isAlwaysRelevant
    if (isEverywhere || !('radius' in view)) {
      if (isOwn || !isPartial) expect(isShown, 'is for everybody').toBe(true)
      return
    }
    const distance = Math.hypot((fields['x'] as number) - view.x, (fields['y'] as number) - view.y)
    if (distance < view.radius - 1 && !isPartial) expect(isShown, 'is in the view').toBe(true)
    if (distance > view.radius * 1.15 + 1) expect(isShown, 'is out of the view').toBe(false)
  }

  private isVisible(record: EntityRecord, id: number): boolean {
    const { feed } = this.harness.room.core.seats.at(id)!
    return feed.own === null || feed.own.idAt(record.slot) === record.id
  }

  /** Whether nothing of it is put off; its own always is told, and so is everything unless the snapshot says otherwise. */
  private isTold(record: EntityRecord, id: number): boolean {
    const { seats } = this.harness.room.core
    const { own } = seats.at(id)!.feed
    const isTold = own?.outOfStep.get(record.slot)?.isLate !== true
    const isDue = record.head.owner === id || !this.members[id]!.link.told.at(-1)!.header.isPartial
    if (isDue) expect(isTold, 'is not put off').toBe(true)
    return isTold
  }

  private mayKnow({ kind, head, reveals }: EntityRecord, id: number): boolean {
    const { seats } = this.harness.room.core
    const { team } = seats.at(id)!
    const isMate = head.owner === id || (head.owner !== null && (seats.at(head.owner)!.team & team) !== 0)
    return reveals.has(id, team) || ((kind.name === 'moon' || kind.name === '#player') && isMate)
  }

  private get isWalled(): boolean {
    return this.harness.room.core.type.definition.canSee !== undefined
  }

  /** Whether a client must not read ids of what it does not hold. */
  private hasSecrets(id: number): boolean {
    return this.isWalled || this.harness.room.core.seats.at(id)!.view !== null
  }

  /** No id of anything that this client does not hold is anywhere in what it holds. */
  private checkNames({ replica, tick }: Member['link'], id: number, held: HeldEntity): void {
    if (!this.hasSecrets(id)) return
    const row = new Int32Array(held.kind.columns.length)
    replica.rowAt(held, tick, row)
    for (const { spec, column, blob } of held.kind.fields) {
      const isList = spec.kind === 'list' && spec.of.kind === 'entity'
      const list = isList && blob >= 0 ? ((held.blobs[blob] ?? []) as (number | null)[]) : []
      const named = spec.kind === 'entity' && column >= 0 && row[column] !== 0 ? [(row[column]! >>> 0) - 1] : list
      for (const name of named) {
        if (name !== null) expect(replica.entities.get(name % 0x1_0000)?.id, 'names what it holds').toBe(name)
      }
    }
  }

  private checkEntity(link: Member['link'], id: number, record: EntityRecord): void {
    const held = link.replica.entities.get(record.slot)!
    const { kind, fields, head } = record
    const known = (name: number): boolean => link.replica.entities.get(name % 0x1_0000)?.id === name
    const shown = this.hasSecrets(id) ? withoutUnknown(kind, fields, known) : fields
    const truth = new Int32Array(kind.columns.length)
    quantise(
      kind,
      shown,
      truth,
      () => 0,
      () => undefined,
    )
    truth[kind.ownerColumn] = head.owner === null ? 0 : head.owner + 1
    const row = new Int32Array(kind.columns.length)
    link.replica.rowAt(held, link.tick, row)
    const mayOwn = head.owner === id
    const mayReveal = this.mayKnow(record, id)
    expect(held.anchors.owner.tick >= 0, 'holds the owner track').toBe(mayOwn && kind.tracks.owner.columns.length > 0)
    expect(held.anchors.revealed.tick >= 0, 'holds the revealed track').toBe(
      mayReveal && kind.tracks.revealed.columns.length > 0,
    )
    for (const [track, may] of [
      ['all', true],
      ['owner', mayOwn],
      ['revealed', mayReveal],
    ] as const) {
      const { start, columns } = kind.tracks[track]
      for (const [i, column] of columns.entries()) {
        if (column.blob < 0) expect(row[start + i], `${kind.name}.${column.name}`).toBe(may ? truth[start + i] : 0)
        else if (may) {
          const isList = Array.isArray(shown[column.name])
          expect(held.blobs[column.blob] ?? (isList ? [] : ''), column.name).toEqual(shown[column.name])
        }
      }
    }
  }
}

function withoutUnknown(kind: KindLayout, fields: Fields, known: (id: number) => boolean): Fields {
  // Not all of a room's fields are its own properties.
  const shown: Fields = Object.fromEntries(kind.fields.map(({ name }) => [name, fields[name]]))
  const orNull = (name: unknown): unknown => (name === null || known(name as number) ? name : null)
  for (const { name, spec } of kind.fields) {
    if (spec.kind === 'entity') shown[name] = orNull(fields[name])
    if (spec.kind === 'list' && spec.of.kind === 'entity') shown[name] = (fields[name] as unknown[]).map(orNull)
  }
  return shown
}

/** The newest state hash that a client was sent. */
export const hashOf = (items: readonly ServerItem[]) => items.findLast((item) => item.type === 'stateHash')
