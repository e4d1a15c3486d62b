import { BLOCKS, HEIGHT, WIDTH } from '../shared/map.ts'
import { find } from './dom.ts'
import { PICK_UP_COLORS, cssColor, cssHex } from './palette.ts'
import type { ShownRoom } from './shown-room.ts'

/** CSS pixels per world unit. */
const SCALE = 0.085
/** Faster than this nobody reads a map of thumbnail size. */
const INTERVAL_MS = 66

/** A map of what the own ship can sense. What is farther than that, this page is never told. */
export class Radar {
  private readonly canvas = find('#radar', HTMLCanvasElement)
  private readonly context: CanvasRenderingContext2D | null
  private drawAtMs = 0

  constructor() {
    const ratio = Math.min(window.devicePixelRatio, 2)
    this.canvas.width = Math.round(WIDTH * SCALE * ratio)
    this.canvas.height = Math.round(HEIGHT * SCALE * ratio)
    this.context = this.canvas.getContext('2d')
    this.context?.setTransform(SCALE * ratio, 0, 0, SCALE * ratio, 0, 0)
  }

  update(room: ShownRoom, nowMs: number): void {
    const { context } = this
    if (nowMs < this.drawAtMs || !context) return
    this.drawAtMs = nowMs + INTERVAL_MS
    context.clearRect(0, 0, WIDTH, HEIGHT)
    this.drawBlocks(context)
    for (const { x, y, what } of room.view('pickUp')) {
      context.fillStyle = cssHex(PICK_UP_COLORS[what])
      context.fillRect(x - 18, y - 18, 36, 36)
    }
    for (const { x, y, team, mine } of room.view('ship')) {
      context.fillStyle = mine ? '#ffffff' : cssColor(team)
      context.beginPath()
      context.arc(x, y, mine ? 40 : 34, 0, 2 * Math.PI)
      context.fill()
    }
  }

  private drawBlocks(context: CanvasRenderingContext2D): void {
    context.fillStyle = 'rgb(109 144 207 / 35%)'
    for (const { x, y, halfWidth, halfHeight, radius } of BLOCKS) {
      context.beginPath()
      const [width, height] = [2 * (halfWidth + radius), 2 * (halfHeight + radius)]
      context.roundRect(x - width / 2, y - height / 2, width, height, radius)
      context.fill()
    }
  }
}
