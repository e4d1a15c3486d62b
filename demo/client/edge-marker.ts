import type { GameObjects, Scene } from 'phaser'
import type { Team } from '../shared/schema.ts'
import { addSprite } from './textures.ts'

/** World units between the marker and the edge of the view. */
const INSET = 16

/** An arrow at the edge of the view that points to a ship outside of it. */
export class EdgeMarker {
  private readonly scene: Scene
  private readonly arrow: GameObjects.Image

  constructor(scene: Scene, team: Team) {
    this.scene = scene
    this.arrow = addSprite(scene, `marker-${team}`).setDepth(30)
    this.arrow.setVisible(false)
  }

  pointTo(x: number, y: number): void {
    const view = this.scene.cameras.main.worldView
    this.arrow.setVisible(!view.contains(x, y))
    if (!this.arrow.visible) return
    this.arrow.setPosition(
      Math.min(Math.max(x, view.left + INSET), view.right - INSET),
      Math.min(Math.max(y, view.top + INSET), view.bottom - INSET),
    )
    this.arrow.setRotation(Math.atan2(y - this.arrow.y, x - this.arrow.x))
  }

  destroy(): void {
    this.arrow.destroy()
  }
}
