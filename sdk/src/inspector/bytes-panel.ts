import { el, setText } from './dom.ts'
import { formatRate } from './format.ts'
import type { Panel } from './panel.ts'
import type { Probe } from './probe.ts'
import type { KindRate } from './traffic.ts'

const EVERY_FRAMES = 15

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
    if (frame % EVERY_FRAMES === 0) this.show(this.probe.traffic.kindRates(this.probe.observed.clock.nowMs()))
  }

  private show(kinds: readonly KindRate[]): void {
    this.shown = kinds
    const most = kinds[0]?.bytesPerSecond ?? 1
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
