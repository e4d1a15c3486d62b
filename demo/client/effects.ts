import type { GameObjects, Scene, Types } from 'phaser'
import { colorIndex } from './palette.ts'
import { SHEET, TEXTURE_SCALE } from './textures.ts'

type Emitter = GameObjects.Particles.ParticleEmitter

/** Sparks, trails and explosions. One emitter per kind and colour, made once and reused. */
export class Effects {
  private readonly scene: Scene
  private readonly emitters = new Map<string, Emitter>()

  constructor(scene: Scene) {
    this.scene = scene
  }

  trail(x: number, y: number, seat: number | null): void {
    this.emitter('trail', 'spark', seat, {
      speed: { min: 5, max: 35 },
      lifespan: { min: 180, max: 420 },
      scale: { start: 0.8 / TEXTURE_SCALE, end: 0 },
      alpha: { start: 0.7, end: 0 },
    }).emitParticleAt(x, y, 1)
  }

  sparks(x: number, y: number, count: number, seat: number | null = null): void {
    this.emitter('sparks', 'spark', seat, {
      speed: { min: 30, max: 190 },
      lifespan: { min: 120, max: 360 },
      scale: { start: 0.8 / TEXTURE_SCALE, end: 0 },
    }).explode(count, x, y)
  }

  explosion(x: number, y: number, seat: number | null): void {
    this.emitter('debris', 'spark', seat, {
      speed: { min: 30, max: 320 },
      lifespan: { min: 350, max: 950 },
      scale: { start: 1.6 / TEXTURE_SCALE, end: 0 },
    }).explode(46, x, y)
    this.emitter('ring', 'ring', seat, {
      lifespan: 520,
      scale: { start: 0.3 / TEXTURE_SCALE, end: 3 / TEXTURE_SCALE },
      alpha: { start: 1, end: 0 },
    }).explode(1, x, y)
  }

  private emitter(
    kind: string,
    picture: string,
    seat: number | null,
    config: Types.GameObjects.Particles.ParticleEmitterConfig,
  ): Emitter {
    const frame = `${picture}${colorIndex(seat)}`
    const key = `${kind}-${frame}`
    let emitter = this.emitters.get(key)
    if (!emitter) {
      emitter = this.scene.add.particles(0, 0, SHEET, { ...config, frame, blendMode: 'ADD', emitting: false })
      emitter.setDepth(20)
      this.emitters.set(key, emitter)
    }
    return emitter
  }
}
