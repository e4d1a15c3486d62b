import { el, setText, SharpCanvas } from './dom.ts'
import { formatNumber, formatRate } from './format.ts'
import type { Palette } from './palette.ts'
import type { ReadingSpec } from './readings.ts'
import type { Series } from './series.ts'

const HEIGHT = 28
const STACK_HEIGHT = 40

/** What every graph is made of. */
function frame(label: string, hint: string, canvas: SharpCanvas, value: HTMLElement, extra: Node[] = []): HTMLElement {
  const head = el('figcaption', {}, el('span', {}, label), value)
  return el('figure', { title: hint }, head, canvas.element, ...extra)
}

/** One number over the last seconds, and what it is now. */
export class Graph {
  readonly element: HTMLElement
  private readonly spec: ReadingSpec
  private readonly series: Series
  private readonly canvas: SharpCanvas
  private readonly value: HTMLElement

  constructor(spec: ReadingSpec, series: Series) {
    this.spec = spec
    this.series = series
    this.canvas = new SharpCanvas(HEIGHT, `${spec.label} over the last seconds`)
    this.value = el('output', { id: `value-${spec.id}` }, '–')
    this.element = frame(spec.label, spec.hint, this.canvas, this.value)
  }

  /** @param text instead of the newest sample, where that says little */
  draw(palette: Palette, text: string | null): void {
    const { series, spec } = this
    setText(this.value, text ?? (series.length === 0 ? '–' : `${formatNumber(series.newest)} ${spec.unit}`))
    const context = this.canvas.clear()
    if (context === null || series.length === 0) return
    const { least, most } = series.range
    const low = Math.min(0, least)
    const scale = (HEIGHT - 2) / Math.max(most - low, 1e-6)
    const y = (value: number): number => HEIGHT - 1 - (value - low) * scale
    if (spec.shape === 'bars') drawBars(context, series, this.canvas.width, y, palette.bad)
    else drawLine(context, series, this.canvas.width, y, palette.accent)
  }
}

function drawLine(
  context: CanvasRenderingContext2D,
  series: Series,
  width: number,
  y: (value: number) => number,
  color: string,
): void {
  const step = width / (series.capacity - 1)
  const start = width - (series.length - 1) * step
  context.beginPath()
  for (let i = 0; i < series.length; i++) context.lineTo(start + i * step, y(series.at(i)))
  context.strokeStyle = color
  context.lineWidth = 1.25
  context.stroke()
  context.lineTo(width, y(0))
  context.lineTo(start, y(0))
  context.globalAlpha = 0.12
  context.fillStyle = color
  context.fill()
  context.globalAlpha = 1
}

function drawBars(
  context: CanvasRenderingContext2D,
  series: Series,
  width: number,
  y: (value: number) => number,
  color: string,
): void {
  const step = width / series.capacity
  const start = width - series.length * step
  context.fillStyle = color
  for (let i = 0; i < series.length; i++) {
    const value = series.at(i)
    if (value > 0) context.fillRect(start + i * step, y(value), Math.max(2, step), y(0) - y(value))
  }
  context.globalAlpha = 0.35
  context.fillRect(0, HEIGHT - 1, width, 1)
  context.globalAlpha = 1
}

/** Bytes per second by kind of message, one on top of the other. */
export class StackGraph {
  readonly element: HTMLElement
  private readonly parts: ReadonlyMap<string, Series>
  private readonly canvas: SharpCanvas
  private readonly value: HTMLElement
  private readonly legend: HTMLElement = el('div', { class: 'legend' })

  constructor(id: string, label: string, hint: string, parts: ReadonlyMap<string, Series>) {
    this.parts = parts
    this.canvas = new SharpCanvas(STACK_HEIGHT, `${label} over the last seconds`)
    this.value = el('output', { id: `value-${id}` }, '–')
    this.element = frame(label, hint, this.canvas, this.value, [this.legend])
  }

  draw(palette: Palette): void {
    const sorted = [...this.parts].toSorted(([, a], [, b]) => b.newest - a.newest)
    const total = sorted.reduce((sum, [, series]) => sum + series.newest, 0)
    setText(this.value, sorted.length === 0 ? '–' : formatRate(total))
    this.drawLegend(sorted, palette)
    const context = this.canvas.clear()
    if (context !== null && sorted.length > 0) this.drawStack(context, sorted, palette)
  }

  private drawStack(
    context: CanvasRenderingContext2D,
    sorted: readonly (readonly [string, Series])[],
    palette: Palette,
  ): void {
    const { width } = this.canvas
    const { capacity } = sorted[0]![1]
    const sums = new Float64Array(capacity)
    for (const [, series] of sorted)
      for (let i = 0; i < series.length; i++) sums[capacity - series.length + i]! += series.at(i)
    const scale = (STACK_HEIGHT - 2) / Math.max(1, ...sums)
    const step = width / (capacity - 1)
    // From the top down, each over what is left below it.
    for (const [name, series] of sorted) {
      context.beginPath()
      context.moveTo(0, STACK_HEIGHT)
      for (let i = 0; i < capacity; i++) context.lineTo(i * step, STACK_HEIGHT - sums[i]! * scale)
      context.lineTo(width, STACK_HEIGHT)
      context.fillStyle = this.colorOf(name, palette)
      context.fill()
      for (let i = 0; i < series.length; i++) sums[capacity - series.length + i]! -= series.at(i)
    }
  }

  private drawLegend(sorted: readonly (readonly [string, Series])[], palette: Palette): void {
    while (this.legend.children.length < sorted.length) this.legend.append(el('span', {}, el('i'), el('span')))
    for (const [i, [name, series]] of sorted.entries()) {
      const [mark, text] = this.legend.children[i]!.children as unknown as [HTMLElement, HTMLElement]
      mark.style.background = this.colorOf(name, palette)
      setText(text, `${name} ${formatRate(series.newest)}`)
    }
  }

  /** A kind keeps its colour, whatever its rank. */
  private colorOf(name: string, { parts }: Palette): string {
    return parts[Math.min([...this.parts.keys()].indexOf(name), parts.length - 1)]!
  }
}
