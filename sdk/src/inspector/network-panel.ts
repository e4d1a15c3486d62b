import { el } from './dom.ts'
import { formatNumber } from './format.ts'
import { Graph, StackGraph } from './graph.ts'
import type { Palette } from './palette.ts'
import type { Panel } from './panel.ts'
import { READINGS } from './readings.ts'
import type { Readings } from './readings.ts'
import { TickStrip } from './tick-strip.ts'
import type { TickMarks } from './tick-marks.ts'

/** Each graph is drawn once in so many frames, and only some of them in the same one. */
const TURNS = 6

/** What the network is doing, and the sliders that make it worse. */
export class NetworkPanel implements Panel {
  readonly name = 'Network'
  readonly element: HTMLElement
  private readonly readings: Readings
  private readonly strip: TickStrip
  private readonly graphs: readonly Graph[]
  private readonly stacks: readonly StackGraph[]

  constructor(readings: Readings, marks: TickMarks, impairment: HTMLElement) {
    this.readings = readings
    this.strip = new TickStrip(marks)
    this.graphs = READINGS.map((spec) => new Graph(spec, readings.series.get(spec.id)!))
    this.stacks = [
      new StackGraph('in', 'Received', 'Bytes per second by kind of message', readings.received),
      new StackGraph('out', 'Sent', 'Bytes per second by kind of message', readings.sent),
    ]
    const graphs = [...this.graphs, this.strip, ...this.stacks].map(({ element }) => element)
    this.element = el('div', { class: 'network' }, el('div', { class: 'graphs' }, ...graphs), impairment)
  }

  update(frame: number, palette: Palette): void {
    const turn = frame % TURNS
    if (turn % 2 === 0) this.strip.draw(palette)
    for (const [i, graph] of this.graphs.entries()) {
      if (i % TURNS === turn) graph.draw(palette, this.textOf(READINGS[i]!.id))
    }
    this.stacks[turn === 1 ? 0 : turn === 3 ? 1 : -1]?.draw(palette)
  }

  /** What counts up is shown as its count. */
  private textOf(id: string): string | null {
    const { stats, series } = this.readings
    if (stats === null) return null
    if (id === 'resumes') return String(stats.resumes)
    if (id === 'starved') return String(stats.starvedTicks)
    if (id !== 'correction') return null
    const { most } = series.get(id)!.range
    return most > 0 ? `${stats.corrections}, up to ${formatNumber(most)} units` : String(stats.corrections)
  }
}
