import type { Cameras } from 'phaser'
import { HEIGHT, WIDTH } from '../shared/map.ts'

/** Square units that a player sees, whatever the shape of the screen. */
const VIEW_AREA = 1200 * 720
/** In small windows less is seen, or ships would be too small: CSS pixels per unit. */
const MIN_ZOOM = 0.66
const LOOK_AHEAD_SECONDS = 0.3
/** How fast the look ahead follows the ship's speed: larger is nervous, smaller is seasick. */
const FOLLOW_PER_SECOND = 2.6
/** Share of the view that a fast ship sees more of, and its speed for that. */
const WIDEN = 0.16
const FAST = 400
/** Zooming is slower than looking ahead: it is to be felt, not seen. */
const ZOOM_SHARE = 0.4
/** How far the view may reach beyond the border, as a share of it: nothing is to be seen there, but what lies around the picture covers its edges. */
const OUTSIDE_SHARE = 0.16

export interface Followed {
  readonly id: number
  readonly x: number
  readonly y: number
  readonly vx: number
  readonly vy: number
}

/** Keeps the camera on a ship, looking where it flies; without one it stays, and in front of the lobby it drifts. */
export class Chase {
  private readonly camera: Cameras.Scene2D.Camera
  /** From the ship to the middle of the view: eased, while the ship itself is followed without delay. */
  private offsetX = 0
  private offsetY = 0
  /** The ship that is followed. */
  private id: number | undefined
  /** Of the usual zoom; less is farther away. */
  private closeness = 1
  private driftSeconds = 0

  constructor(camera: Cameras.Scene2D.Camera) {
    this.camera = camera
    camera.centerOn(WIDTH / 2, HEIGHT / 2)
  }

  /** @param calm stays on the ship, without gliding, looking ahead and zooming */
  follow(ship: Followed, seconds: number, calm: boolean): void {
    if (this.id !== ship.id) {
      // A new ship is elsewhere: glide there.
      this.offsetX = this.camera.midPoint.x - ship.x
      this.offsetY = this.camera.midPoint.y - ship.y
      this.id = ship.id
    }
    const share = calm ? 1 : 1 - Math.exp(-FOLLOW_PER_SECOND * seconds)
    const ahead = calm ? 0 : LOOK_AHEAD_SECONDS
    this.offsetX += (ship.vx * ahead - this.offsetX) * share
    this.offsetY += (ship.vy * ahead - this.offsetY) * share
    const speed = calm ? 0 : Math.min(1, Math.hypot(ship.vx, ship.vy) / FAST)
    this.closeness += (1 - WIDEN * speed - this.closeness) * share * ZOOM_SHARE
    this.lookAt(ship.x + this.offsetX, ship.y + this.offsetY)
  }

  stay(): void {
    this.id = undefined
    this.lookAt(this.camera.midPoint.x, this.camera.midPoint.y)
  }

  drift(seconds: number): void {
    this.driftSeconds += seconds
    const turn = this.driftSeconds * 0.06
    this.lookAt(WIDTH * (0.5 + 0.24 * Math.cos(turn)), HEIGHT * (0.5 + 0.2 * Math.sin(2 * turn)))
  }

  private lookAt(x: number, y: number): void {
    const { camera } = this
    const leastZoom = MIN_ZOOM / camera.scene.scale.zoom
    const usual = Math.max(leastZoom, Math.sqrt((camera.width * camera.height) / VIEW_AREA))
    camera.setZoom(usual * this.closeness)
    camera.centerOn(within(x, camera.displayWidth, WIDTH), within(y, camera.displayHeight, HEIGHT))
    // Phaser would do this only when it renders, after everything that asks what is in view.
    camera.preRender()
  }
}

/** The middle of a view of `size` units that looks at `wish` in an arena of `length`. */
function within(wish: number, size: number, length: number): number {
  const margin = size * (0.5 - OUTSIDE_SHARE)
  return margin * 2 >= length ? length / 2 : Math.min(Math.max(wish, margin), length - margin)
}
