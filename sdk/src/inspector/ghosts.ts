import type { RoomInside } from '../observer.ts'
import { numbersIn } from './correction-size.ts'
import { el } from './dom.ts'
import { entitiesOf, ValueReader } from './entity-values.ts'
import type { EntityInside } from './entity-values.ts'
import type { Palette } from './palette.ts'

/** Where a place of the game's world is in the window, in CSS pixels; null: nowhere. */
export type ToScreen = (x: number, y: number) => { readonly x: number; readonly y: number } | null

const MOST_SHOWN = 200
const RADIUS = 9

/** Draws over the game where the server has each entity, where it is predicted and where it is drawn. */
export class Ghosts {
  readonly element: HTMLCanvasElement = el('canvas', { class: 'ghosts', 'aria-hidden': 'true' })
  isOn = false
  private readonly toScreen: ToScreen
  private readonly context = this.element.getContext('2d')
  private room: RoomInside | null = null
  private reader: ValueReader | null = null
  /** Nothing is drawn. */
  isClear = true

  constructor(toScreen: ToScreen) {
    this.toScreen = toScreen
  }

  draw(room: RoomInside | null, palette: Palette): void {
    this.clear()
    if (!this.isOn || room === null) return
    if (room !== this.room) this.reader = new ValueReader(room)
    this.room = room
    this.isClear = false
    let left = MOST_SHOWN
    for (const kind of room.codec.layout.kinds) {
      if (kind.position.length === 0) continue
      for (const entity of entitiesOf(room, kind)) if (left-- > 0) this.drawOne(entity, palette)
    }
  }

  private clear(): void {
    const { element, context } = this
    const ratio = window.devicePixelRatio
    const [width, height] = [Math.round(window.innerWidth * ratio), Math.round(window.innerHeight * ratio)]
    if (element.width !== width || element.height !== height) {
      element.width = width
      element.height = height
    }
    context?.setTransform(ratio, 0, 0, ratio, 0, 0)
    context?.clearRect(0, 0, width, height)
    this.isClear = true
  }

  private drawOne(entity: EntityInside, palette: Palette): void {
    const { context, reader } = this
    if (context === null || reader === null) return
    const fields = reader.fieldsOf(entity).filter(({ name }) => entity.kind.position.includes(name))
    const place = (of: 'received' | 'predicted' | 'drawn'): { x: number; y: number } | null => {
      const [x, y] = fields.flatMap((field) => numbersIn(field[of]))
      return x === undefined || y === undefined ? null : this.toScreen(x, y)
    }
    const [received, predicted, drawn] = [place('received'), place('predicted'), place('drawn')]
    context.lineWidth = 1.5
    if (received !== null && drawn !== null) line(context, received, drawn, palette.received)
    if (received !== null) ring(context, received, RADIUS, palette.received)
    if (predicted !== null) ring(context, predicted, RADIUS / 2, palette.predicted)
    if (drawn !== null) cross(context, drawn, palette.drawn)
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

function line(context: CanvasRenderingContext2D, from: Point, to: Point, color: string): void {
  context.strokeStyle = color
  context.globalAlpha = 0.6
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.lineTo(to.x, to.y)
  context.stroke()
  context.globalAlpha = 1
}

function ring(context: CanvasRenderingContext2D, { x, y }: Point, radius: number, color: string): void {
  context.strokeStyle = color
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.stroke()
}

function cross(context: CanvasRenderingContext2D, { x, y }: Point, color: string): void {
  context.strokeStyle = color
  context.beginPath()
  context.moveTo(x - 5, y)
  context.lineTo(x + 5, y)
  context.moveTo(x, y - 5)
  context.lineTo(x, y + 5)
  context.stroke()
}
