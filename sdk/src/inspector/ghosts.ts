import type { RoomInside } from '../observer.ts'
import { numbersIn } from './correction-size.ts'
import { el } from './dom.ts'
import { entitiesOf, ValueReader } from './entity-values.ts'
import type { EntityInside } from './entity-values.ts'
import { PALETTES } from './palette.ts'
import type { ToScreen } from './to-screen.ts'

const MOST_SHOWN = 200
const RADIUS = 9
const ARM = 5
const COLORS = PALETTES.dark

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

  draw(room: RoomInside | null): void {
    this.clear()
    if (!this.isOn || room === null) return
    if (room !== this.room) this.reader = new ValueReader(room)
    this.room = room
    this.isClear = false
    let left = MOST_SHOWN
    for (const kind of room.codec.layout.kinds) {
      if (kind.position.length === 0) continue
      for (const entity of entitiesOf(room, kind)) if (left-- > 0) this.drawOne(entity)
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

  private drawOne(entity: EntityInside): void {
    const { context, reader } = this
    if (context === null || reader === null) return
    const fields = reader.fieldsOf(entity, (name) => entity.kind.position.includes(name))
    const place = (of: 'received' | 'predicted' | 'drawn'): Point | null => {
      const [x, y] = fields.flatMap((field) => numbersIn(field[of]))
      return x === undefined || y === undefined ? null : this.toScreen(x, y)
    }
    const [received, predicted, drawn] = [place('received'), place('predicted'), place('drawn')]
    if (received !== null && drawn !== null) stroke(context, COLORS.received, (path) => line(path, received, drawn))
    if (received !== null) stroke(context, COLORS.received, (path) => ring(path, received, RADIUS))
    if (predicted !== null) stroke(context, COLORS.predicted, (path) => ring(path, predicted, RADIUS / 2))
    if (drawn !== null) stroke(context, COLORS.drawn, (path) => cross(path, drawn))
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

/** With a dark edge: whatever the game draws there, it can be seen. */
function stroke(
  context: CanvasRenderingContext2D,
  color: string,
  draw: (path: CanvasRenderingContext2D) => void,
): void {
  context.beginPath()
  draw(context)
  context.strokeStyle = '#0008'
  context.lineWidth = 3.5
  context.stroke()
  context.strokeStyle = color
  context.lineWidth = 1.5
  context.stroke()
}

function line(path: CanvasRenderingContext2D, from: Point, to: Point): void {
  path.moveTo(from.x, from.y)
  path.lineTo(to.x, to.y)
}

function ring(path: CanvasRenderingContext2D, { x, y }: Point, radius: number): void {
  path.arc(x, y, radius, 0, 2 * Math.PI)
}

function cross(path: CanvasRenderingContext2D, { x, y }: Point): void {
  line(path, { x: x - ARM, y }, { x: x + ARM, y })
  line(path, { x, y: y - ARM }, { x, y: y + ARM })
}
