import { Math as PhaserMath } from 'phaser'
import type { Cameras, GameObjects, Scene } from 'phaser'
import { NEBULAE } from './palette.ts'
import { TEXTURE_SCALE, addSprite } from './textures.ts'

/** Something far away. `u` and `v` say where in the view it starts, from 0 to 1. */
interface Distant {
  readonly image: GameObjects.Image
  readonly u: number
  readonly v: number
  /** How much of the camera's motion it follows: 1 is glued to the screen. */
  readonly distance: number
}

/** Room beside the view in which something enters and leaves unseen. */
const STAR_MARGIN = 8
const NEBULA_SCALE = 4.5

/** A background that moves slower than what is before it. Things leave on one side of the view and return on the other. */
export class Stars {
  private readonly stars: readonly Distant[]
  private readonly nebulae: readonly Distant[]

  constructor(scene: Scene, count: number) {
    const random = new PhaserMath.RandomDataGenerator(['stars'])
    this.stars = Array.from({ length: count }, () => {
      const near = random.frac() ** 3
      const image = addSprite(scene, 'star').setDepth(-20)
      image.setScale((0.22 + 0.5 * near) / TEXTURE_SCALE).setAlpha(0.3 + 0.6 * near)
      return { image, u: random.frac(), v: random.frac(), distance: 0.94 - 0.4 * near }
    })
    this.nebulae = NEBULAE.map((_color, index) => {
      const image = scene.add.image(0, 0, `nebula${index}`).setDepth(-25).setScale(NEBULA_SCALE)
      return { image, u: random.frac(), v: random.frac(), distance: 0.9 }
    })
  }

  update(camera: Cameras.Scene2D.Camera): void {
    for (const star of this.stars) place(star, camera, STAR_MARGIN)
    for (const nebula of this.nebulae) place(nebula, camera, nebula.image.displayWidth / 2)
  }
}

function place({ image, u, v, distance }: Distant, camera: Cameras.Scene2D.Camera, margin: number): void {
  const view = camera.worldView
  const width = view.width + 2 * margin
  const height = view.height + 2 * margin
  const x = PhaserMath.Wrap(u * width - view.x * (1 - distance), 0, width)
  const y = PhaserMath.Wrap(v * height - view.y * (1 - distance), 0, height)
  image.setPosition(view.x - margin + x, view.y - margin + y)
}
