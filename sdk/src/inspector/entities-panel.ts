import type { KindLayout } from '@tickwire/protocol/internal'
import type { RoomInside } from '../observer.ts'
import { el, setText } from './dom.ts'
import { entitiesOf, isCurrent, ValueReader } from './entity-values.ts'
import type { EntityInside } from './entity-values.ts'
import { formatId, formatValue } from './format.ts'
import type { Panel } from './panel.ts'
import type { Probe } from './probe.ts'
import { shownKind } from './snapshot-bits.ts'

const EVERY_FRAMES = 12
/** More lines than this are no help to anybody. */
const MOST_SHOWN = 60

/** The entities as a tree: kinds, entities, and of each field what is predicted, received and drawn. */
export class EntitiesPanel implements Panel {
  readonly name = 'Entities'
  readonly element: HTMLElement
  private readonly probe: Probe
  private readonly tree = el('div', { class: 'tree' })
  private readonly note = el('p', { class: 'note' }, 'No room is joined.')
  private room: RoomInside | null = null
  private kinds: readonly KindBranch[] = []

  /** @param tools what stands above the tree */
  constructor(probe: Probe, tools: readonly Node[]) {
    this.probe = probe
    this.element = el('div', {}, ...tools, this.note, this.tree)
  }

  update(frame: number): void {
    const { room } = this.probe.observed
    if (room !== this.room) this.enter(room)
    if (room === null) return
    // One kind per frame, so that no frame pays for all.
    const turn = frame % Math.max(EVERY_FRAMES, this.kinds.length)
    this.kinds[turn]?.update()
  }

  private enter(room: RoomInside | null): void {
    this.room = room
    this.note.hidden = room !== null
    const reader = room === null ? null : new ValueReader(room)
    this.kinds =
      room === null || reader === null ? [] : room.codec.layout.kinds.map((kind) => new KindBranch(room, kind, reader))
    this.tree.replaceChildren(...this.kinds.map(({ element }) => element))
  }
}

class KindBranch {
  readonly element: HTMLDetailsElement
  private readonly room: RoomInside
  private readonly kind: KindLayout
  private readonly reader: ValueReader
  private readonly count = el('span', { class: 'count' })
  private readonly more = el('p', { class: 'note' })
  private readonly branches: Map<number, EntityBranch> = new Map()

  constructor(room: RoomInside, kind: KindLayout, reader: ValueReader) {
    this.room = room
    this.kind = kind
    this.reader = reader
    const head = el('summary', {}, shownKind(kind.name), this.count)
    this.element = el('details', { class: 'kind', open: kind.predicted }, head, this.more)
  }

  update(): void {
    const entities = entitiesOf(this.room, this.kind)
    setText(this.count, String(entities.length))
    if (!this.element.open) return
    // What is mine is what one looks for.
    const sorted = entities.toSorted((a, b) => Number(b.isMine) - Number(a.isMine) || a.id - b.id)
    for (const [id, branch] of this.branches) if (!isCurrent(this.room, branch.entity)) this.drop(id, branch)
    for (const entity of sorted.slice(0, MOST_SHOWN)) this.show(entity, entity === sorted[0])
    const hidden = sorted.length - MOST_SHOWN
    setText(this.more, hidden > 0 ? `and ${hidden} more` : '')
  }

  private show(entity: EntityInside, isFirst: boolean): void {
    let branch = this.branches.get(entity.id)
    if (branch === undefined) {
      branch = new EntityBranch(entity, isFirst && entity.isMine)
      this.branches.set(entity.id, branch)
      this.more.before(branch.element)
    }
    branch.update(entity, this.reader)
  }

  private drop(id: number, { element }: EntityBranch): void {
    this.branches.delete(id)
    element.remove()
  }
}

class EntityBranch {
  entity: EntityInside
  readonly element: HTMLDetailsElement
  private readonly title = el('span')
  private readonly body = el('tbody')
  private cells: HTMLElement[][] = []

  constructor(entity: EntityInside, isOpen: boolean) {
    this.entity = entity
    const head = el(
      'tr',
      {},
      el('th', {}, 'Field'),
      el('th', { class: 'predicted' }, 'Predicted'),
      el('th', { class: 'received' }, 'Received'),
      el('th', { class: 'drawn' }, 'Drawn'),
    )
    const table = el('table', { class: 'values' }, el('thead', {}, head), this.body)
    this.element = el('details', { class: 'entity', open: isOpen }, el('summary', {}, this.title), table)
  }

  update(entity: EntityInside, reader: ValueReader): void {
    this.entity = entity
    const marks = [entity.isMine ? 'mine' : '', entity.held === null ? 'only predicted' : ''].filter(Boolean)
    setText(
      this.title,
      `${shownKind(entity.kind.name)} ${formatId(entity.id)}${marks.length > 0 ? `  ·  ${marks.join(', ')}` : ''}`,
    )
    if (!this.element.open) return
    for (const [i, field] of reader.fieldsOf(entity).entries()) {
      const row = (this.cells[i] ??= this.addRow(field.name))
      for (const [at, value] of [field.predicted, field.received, field.drawn].entries()) {
        setText(row[at]!, formatValue(value))
      }
    }
  }

  private addRow(name: string): HTMLElement[] {
    const cells = [el('td'), el('td'), el('td')]
    this.body.append(el('tr', {}, el('th', { scope: 'row' }, name), ...cells))
    return cells
  }
}
