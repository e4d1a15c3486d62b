import { el, setText, SharpCanvas } from './dom.ts'
import { formatNumber } from './format.ts'
import type { Palette } from './palette.ts'
import type { TickMarks } from './tick-marks.ts'

const LANE = 13
const LANES = ['sent', 'simulated', 'acknowledged', 'drawn'] as const
const LABEL_WIDTH = 82
const CELL = 5
/** Ticks to the right of the newest. */
const AHEAD = 2

/** The ticks around now, a lane for each thing that happens to them: the distances are lead and delay. */
export class TickStrip {
  readonly element: HTMLElement
  private readonly marks: TickMarks
  private readonly canvas = new SharpCanvas(LANE * LANES.length, 'Ticks: sent, simulated, acknowledged, drawn')
  private readonly value = el('output', { id: 'value-tick' }, '–')

  constructor(marks: TickMarks) {
    this.marks = marks
    const head = el('figcaption', {}, el('span', {}, 'Ticks'), this.value)
    const hint =
      'Packets by turns of shade; a bar is a snapshot, red one that corrected the prediction; the line is the picture of others'
    this.element = el('figure', { class: 'wide', title: hint }, head, this.canvas.element)
  }

  draw(palette: Palette): void {
    const { marks } = this
    setText(this.value, marks.acknowledged < 0 ? '–' : `room ${marks.acknowledged}`)
    const context = this.canvas.clear()
    if (context === null) return
    this.drawLabels(context, palette)
    if (marks.acknowledged < 0) return
    const right = Math.max(marks.simulated, marks.sent, marks.acknowledged) + AHEAD
    const count = Math.floor((this.canvas.width - LABEL_WIDTH) / CELL)
    for (let i = 0; i < count; i++) this.drawTick(context, palette, right - count + 1 + i, LABEL_WIDTH + i * CELL)
    const drawnAt = LABEL_WIDTH + (marks.drawn - (right - count + 1)) * CELL
    if (drawnAt < LABEL_WIDTH) return
    context.fillStyle = palette.drawn
    context.fillRect(drawnAt, 3 * LANE, 2, LANE - 2)
  }

  private drawLabels(context: CanvasRenderingContext2D, palette: Palette): void {
    const { marks } = this
    context.font = '10px system-ui, sans-serif'
    context.textBaseline = 'middle'
    const from = marks.acknowledged
    for (const [lane, name] of LANES.entries()) {
      const y = lane * LANE + LANE / 2 - 1
      context.fillStyle = palette.dim
      context.fillText(name, 0, y)
      const tick = marks[name]
      if (from < 0 || tick < 0 || name === 'acknowledged') continue
      const off = formatNumber(Math.round((tick - from) * 10) / 10)
      context.textAlign = 'right'
      context.fillText(tick >= from ? `+${off}` : off, LABEL_WIDTH - 5, y)
      context.textAlign = 'left'
    }
  }

  private drawTick(context: CanvasRenderingContext2D, palette: Palette, tick: number, x: number): void {
    const { marks } = this
    const packet = tick < 0 ? -1 : marks.packetAt(tick)
    const isCorrected = tick >= 0 && marks.isCorrected(tick)
    const cell = (lane: number, color: string, alpha: number): void => {
      context.globalAlpha = alpha
      context.fillStyle = color
      context.fillRect(x, lane * LANE, CELL - 1, LANE - 2)
    }
    cell(0, packet < 0 ? palette.line : palette.sent, packet === 0 ? 0.55 : 1)
    cell(1, tick <= marks.simulated ? palette.predicted : palette.line, tick <= marks.simulated ? 0.8 : 1)
    if (isCorrected || (tick >= 0 && marks.hasSnapshot(tick))) cell(2, isCorrected ? palette.bad : palette.received, 1)
    else cell(2, palette.line, 1)
    cell(3, palette.line, 1)
    context.globalAlpha = 1
  }
}
