import type { Place } from '@tickwire/protocol'
import type { PlayerViewArea } from '../room/room-api.ts'

/** By how much an area grows before what is in it leaves: on its edge things would come and go with every step. */
const LEAVE_FACTOR = 1.15

/** Where a place lies to an area. */
export const OUTSIDE = 0
const EDGE = 1
export const INSIDE = 2

interface Bounds {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** What part of the world one client is sent. A box's x and y are its upper left corner. */
export class Interest {
  private readonly x: number
  private readonly y: number
  private readonly halfWidth: number
  private readonly halfHeight: number
  private readonly isCircle: boolean
  private readonly squared: number
  private readonly squaredEdge: number

  constructor(area: PlayerViewArea) {
    this.isCircle = 'radius' in area
    this.halfWidth = 'radius' in area ? area.radius : area.width / 2
    this.halfHeight = 'radius' in area ? area.radius : area.height / 2
    this.x = 'radius' in area ? area.x : area.x + this.halfWidth
    this.y = 'radius' in area ? area.y : area.y + this.halfHeight
    this.squared = this.halfWidth * this.halfWidth
    this.squaredEdge = this.squared * LEAVE_FACTOR * LEAVE_FACTOR
  }

  /** The box that holds all that could be sent. */
  get bounds(): Bounds {
    const [width, height] = [this.halfWidth * LEAVE_FACTOR, this.halfHeight * LEAVE_FACTOR]
    return { left: this.x - width, right: this.x + width, top: this.y - height, bottom: this.y + height }
  }

  /** Whether a place is in the area itself. */
  covers(place: Place): boolean {
    return this.reach(place.x, place.y) === INSIDE
  }

  /** How far a place is from the middle: 0 there, 1 on the border of a circle, squared. */
  squaredDistance(x: number, y: number): number {
    const dx = (x - this.x) / this.halfWidth
    const dy = (y - this.y) / this.halfHeight
    return dx * dx + dy * dy
  }

  /** Whether a place is farther than `distance` from the middle. */
  isBeyond(x: number, y: number, distance: number): boolean {
    const [dx, dy] = [x - this.x, y - this.y]
    return dx * dx + dy * dy > distance * distance
  }

  /** Whether a place is within the area, out of it, or on the edge where only what was in it before still is. */
  reach(x: number, y: number): number {
    const dx = Math.abs(x - this.x)
    const dy = Math.abs(y - this.y)
    if (this.isCircle) {
      const squared = dx * dx + dy * dy
      return squared <= this.squared ? INSIDE : squared <= this.squaredEdge ? EDGE : OUTSIDE
    }
    if (dx <= this.halfWidth && dy <= this.halfHeight) return INSIDE
    return dx <= this.halfWidth * LEAVE_FACTOR && dy <= this.halfHeight * LEAVE_FACTOR ? EDGE : OUTSIDE
  }
}
