import { el, setText } from './dom.ts'
import { formatRate } from './format.ts'
import type { Panel } from './panel.ts'
import type { Probe } from './probe.ts'
import type { FieldRate, KindRate } from './traffic.ts'

const EVERY_FRAMES = 15
/** Lines that change places at each look cannot be read. */
const SORT_EVERY_FRAMES = 120

interface Row {
  readonly element: HTMLTableRowElement
  readonly cells: readonly [HTMLElement, HTMLElement, HTMLElement]
  readonly bar: HTMLElement
}

/** What the bytes of the last second's snapshots were spent on. */
export class BytesPanel implements Panel {
  readonly name = 'Bytes'
  readonly element: HTMLElement
  private readonly probe: Probe
  private readonly body = el('tbody')
  private readonly rows: Row[] = []
  private readonly empty = el(
    'p',
    { class: 'note' },
    'No snapshot came in the last second: nothing has changed in the room.',
  )
  private readonly folded: Set<string> = new Set()
  private shown: readonly KindRate[] = []
  /** Where each kind and field stands. */
  private readonly ranks: Map<string, number> = new Map()

  constructor(probe: Probe) {
    this.probe = probe
    const head = el('tr', {}, el('th', {}, 'Kind and field'), el('th', {}, 'Records'), el('th', {}, 'Last second'))
    const table = el('table', { class: 'bytes' }, el('thead', {}, head), this.body)
    const note =
      'Bits of snapshots by what they say. In brackets: what is not a field. (address) is which entity, (flags) which of its fields, (motion) how it goes on.'
    this.element = el('div', {}, table, this.empty, el('p', { class: 'note' }, note))
    this.body.addEventListener('click', (event) => this.fold(event.target))
    this.body.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') this.fold(event.target)
    })
  }

  update(frame: number): void {
    if (frame % EVERY_FRAMES !== 0) return
    const kinds = this.probe.traffic.kindRates(this.probe.observed.clock.nowMs())
    if (frame % SORT_EVERY_FRAMES === 0 || this.ranks.size === 0) this.rank(kinds)
    this.show(kinds.map((kind) => ({ ...kind, fields: this.inOrder(kind.fields) })).toSorted(this.byRank))
  }

  private rank(kinds: readonly KindRate[]): void {
    this.ranks.clear()
    for (const kind of kinds) {
      this.ranks.set(kind.kind, this.ranks.size)
      for (const { field } of kind.fields) this.ranks.set(`${kind.kind} ${field}`, this.ranks.size)
    }
  }

  private inOrder(fields: readonly FieldRate[]): FieldRate[] {
    const rank = ({ kind, field }: FieldRate): number => this.ranks.get(`${kind} ${field}`) ?? this.ranks.size
    return fields.toSorted((a, b) => rank(a) - rank(b))
  }

  private readonly byRank = (a: KindRate, b: KindRate): number =>
    (this.ranks.get(a.kind) ?? this.ranks.size) - (this.ranks.get(b.kind) ?? this.ranks.size)

  private show(kinds: readonly KindRate[]): void {
    this.shown = kinds
    const most = Math.max(1, ...kinds.map(({ bytesPerSecond }) => bytesPerSecond))
    let used = 0
    for (const { kind, bytesPerSecond, recordsPerSecond, fields } of kinds) {
      const isFolded = this.folded.has(kind)
      this.fill(used++, `${isFolded ? '▸' : '▾'} ${kind}`, recordsPerSecond, bytesPerSecond, most, kind)
      if (isFolded) continue
      for (const { field, bytesPerSecond: rate } of fields) this.fill(used++, field, 0, rate, most, '')
    }
    for (const [i, { element }] of this.rows.entries()) element.hidden = i >= used
    this.empty.hidden = used > 0
  }

  private fill(index: number, name: string, records: number, rate: number, most: number, kind: string): void {
    const { element, cells, bar } = (this.rows[index] ??= this.makeRow())
    element.className = kind === '' ? 'field' : 'kind'
    element.dataset['kind'] = kind
    // Lines of kinds fold, so they can be reached and pressed.
    element.tabIndex = kind === '' ? -1 : 0
    setText(cells[0], name)
    setText(cells[1], records === 0 ? '' : `${Math.round(records)}/s`)
    setText(cells[2], formatRate(rate))
    bar.style.transform = `scaleX(${Math.min(1, rate / most)})`
  }

  private makeRow(): Row {
    const bar = el('i')
    const cells = [el('span'), el('span'), el('span')] as const
    const element = el('tr', {}, el('td', {}, cells[0]), el('td', {}, cells[1]), el('td', {}, bar, cells[2]))
    this.body.append(element)
    return { element, cells, bar }
  }

  private fold(target: EventTarget | null): void {
    const kind = target instanceof Element ? target.closest('tr')?.dataset['kind'] : ''
    if (!kind) return
    if (!this.folded.delete(kind)) this.folded.add(kind)
    this.show(this.shown)
  }
}
