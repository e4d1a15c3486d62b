import { el, setText } from './dom.ts'
import type { DecodedMessage } from './decode.ts'
import { formatBytes, formatHex } from './format.ts'
import { describe, summarise, titleOf } from './message-text.ts'
import type { ReadPacket } from './trace-reader.ts'

/** One line: a message and its packet. */
interface Line {
  readonly packet: ReadPacket
  readonly message: DecodedMessage
}

const ROW_HEIGHT = 20
/** Rows on the tallest screen, and some. */
const POOL = 80
const MOST_LINES = 6000
const HEX_ROWS = 24

interface Row {
  readonly element: HTMLElement
  readonly cells: readonly HTMLElement[]
  line: Line | null
}

/** Messages, newest first, as many as there are: only rows that can be seen exist. */
export class PacketList {
  readonly element: HTMLElement
  private readonly rows: readonly Row[]
  private readonly spacer = el('div', { class: 'spacer' })
  private readonly scroller: HTMLElement
  private readonly detail = el('pre', { class: 'detail', hidden: true, tabindex: 0 })
  private readonly stack: HTMLElement
  private lines: Line[] = []
  /** Lines that were dropped: a line's number stays. */
  private dropped = 0
  private selected: Line | null = null
  private startMs = 0

  constructor() {
    this.rows = Array.from({ length: POOL }, makeRow)
    this.stack = el('div', { class: 'rows' }, ...this.rows.map(({ element }) => element))
    const attributes = { class: 'list', role: 'listbox', 'aria-label': 'Messages', tabindex: 0 }
    this.scroller = el('div', attributes, this.stack, this.spacer)
    this.element = el('div', { class: 'packets' }, this.scroller, this.detail)
    this.scroller.addEventListener('scroll', () => this.draw())
    this.scroller.addEventListener('click', (event) => this.pick(event.target))
    this.scroller.addEventListener('keydown', (event) => this.step(event))
  }

  clear(startMs: number): void {
    this.lines = []
    this.dropped = 0
    for (const row of this.rows) row.line = null
    this.selected = null
    this.startMs = startMs
    this.scroller.scrollTop = 0
    this.showDetail()
    this.draw()
  }

  /** Puts messages on top. */
  add(packets: readonly ReadPacket[], isShown: (message: DecodedMessage) => boolean): void {
    const before = this.lines.length
    for (const packet of packets) {
      for (const message of packet.messages) if (isShown(message)) this.lines.push({ packet, message })
    }
    const added = this.lines.length - before
    if (this.lines.length > MOST_LINES) {
      this.dropped += this.lines.length - MOST_LINES / 2
      this.lines = this.lines.slice(-MOST_LINES / 2)
    }
    // Who has scrolled down looks at something: it stays where it is.
    if (this.scroller.scrollTop > 0 && added > 0) this.scroller.scrollTop += added * ROW_HEIGHT
    this.draw()
  }

  private draw(): void {
    const top = Math.floor(this.scroller.scrollTop / ROW_HEIGHT)
    const height = this.lines.length * ROW_HEIGHT
    this.spacer.style.height = `${height}px`
    // What is on top moves with all lines at once: each line stays where it is, counted from the bottom.
    this.stack.style.transform = `translateY(${height}px)`
    const newest = this.lines.length - 1 - top
    const oldest = Math.max(0, newest - POOL + 1)
    for (const row of this.rows) row.element.hidden = true
    for (let index = oldest; index <= newest; index++) {
      const row = this.rows[(this.dropped + index) % POOL]!
      const line = this.lines[index]!
      row.element.hidden = false
      row.element.style.transform = `translateY(${-(index + 1) * ROW_HEIGHT}px)`
      row.element.setAttribute('aria-selected', String(line === this.selected))
      if (row.line !== line) this.fill(row, line)
    }
  }

  private fill(row: Row, line: Line): void {
    row.line = line
    const { packet, message } = line
    const [time, way, name, bytes, text] = row.cells
    setText(time!, ((packet.atMs - this.startMs) / 1000).toFixed(2))
    setText(way!, packet.isSent ? '↑' : '↓')
    setText(name!, titleOf(message))
    setText(bytes!, formatBytes(message.bytes))
    setText(text!, summarise(message))
    row.element.classList.toggle('sent', packet.isSent)
    row.element.classList.toggle('error', message.type === 'undecodable')
  }

  private pick(target: EventTarget | null): void {
    const element = target instanceof Element ? target.closest('.row') : null
    const line = this.rows.find((row) => row.element === element)?.line ?? null
    this.select(line === this.selected ? null : line)
  }

  private step(event: KeyboardEvent): void {
    const by = event.key === 'ArrowDown' ? -1 : event.key === 'ArrowUp' ? 1 : 0
    if (by === 0) return
    event.preventDefault()
    const at = this.selected === null ? this.lines.length : this.lines.indexOf(this.selected)
    this.select(this.lines[Math.min(this.lines.length - 1, Math.max(0, at + by))] ?? null)
  }

  private select(line: Line | null): void {
    this.selected = line
    this.showDetail()
    this.draw()
  }

  private showDetail(): void {
    const { selected, detail } = this
    detail.hidden = selected === null
    if (selected === null) return
    const { packet, message } = selected
    const head = `packet of ${packet.bytes.length} bytes`
    setText(detail, `${describe(message)}\n\n${head}\n${formatHex(packet.bytes, HEX_ROWS)}`)
  }
}

function makeRow(): Row {
  const cells = [el('span'), el('span'), el('span'), el('span'), el('span')]
  return { element: el('div', { class: 'row', role: 'option', hidden: true }, ...cells), cells, line: null }
}
