import type { GameObjects, Scene, Types } from 'phaser'
import type { Team } from '../shared/schema.ts'
import type { Beam } from '../shared/guns.ts'
import { TEAM_COLORS, cssHex } from './palette.ts'
import { pixelRatio } from './stage.ts'
import { SHEET, TEXTURE_SCALE } from './textures.ts'

/** What a pick-up is called, when it is taken. */
const WORDS = {
  fontFamily: 'system-ui, sans-serif',
  fontSize: '14px',
  fontStyle: 'bold',
  stroke: '#070b16',
  strokeThickness: 4,
}

type Emitter = GameObjects.Particles.ParticleEmitter

/** Sparks, trails and explosions. One emitter per kind and colour, made once and reused. */
export class Effects {
  private readonly scene: Scene
  private readonly emitters = new Map<string, Emitter>()

  constructor(scene: Scene) {
    this.scene = scene
  }

  trail(x: number, y: number, team: Team): void {
    this.emitter('trail', `spark-${team}`, {
      speed: { min: 5, max: 35 },
      lifespan: { min: 180, max: 420 },
      scale: { start: 0.8 / TEXTURE_SCALE, end: 0 },
      alpha: { start: 0.7, end: 0 },
    }).emitParticleAt(x, y, 1)
  }

  sparks(x: number, y: number, count: number): void {
    this.emitter('sparks', 'spark', {
      speed: { min: 30, max: 190 },
      lifespan: { min: 120, max: 360 },
      scale: { start: 0.8 / TEXTURE_SCALE, end: 0 },
    }).explode(count, x, y)
  }

  explosion(x: number, y: number, team: Team): void {
    this.emitter('debris', `spark-${team}`, {
      speed: { min: 30, max: 320 },
      lifespan: { min: 350, max: 950 },
      scale: { start: 1.6 / TEXTURE_SCALE, end: 0 },
    }).explode(46, x, y)
    this.emitter('ring', `ring-${team}`, {
      lifespan: 520,
      scale: { start: 0.3 / TEXTURE_SCALE, end: 3 / TEXTURE_SCALE },
      alpha: { start: 1, end: 0 },
    }).explode(1, x, y)
  }

  /** A laser's beam, which glows out at once. */
  beam({ x, y, toX, toY }: Beam, team: Team): void {
    const beam = this.scene.add.graphics().setDepth(19)
    beam.lineStyle(9, TEAM_COLORS[team], 0.18).lineBetween(x, y, toX, toY)
    beam.lineStyle(4, TEAM_COLORS[team], 0.55).lineBetween(x, y, toX, toY)
    beam.lineStyle(1.5, 0xffffff).lineBetween(x, y, toX, toY)
    this.scene.tweens.add({ targets: beam, alpha: 0, duration: 260, onComplete: () => beam.destroy() })
  }

  /** Says what has happened there; it rises as it fades, unless nothing shall move. */
  words(x: number, y: number, text: string, color: number, isCalm: boolean): void {
    const words = this.scene.add.text(x, y - 26, text, { ...WORDS, color: cssHex(color) })
    words
      .setOrigin(0.5, 1)
      .setDepth(25)
      .setResolution(pixelRatio(this.scene) * 1.5)
    const rise = isCalm ? 0 : 26
    this.scene.tweens.add({
      targets: words,
      y: words.y - rise,
      alpha: { value: 0, delay: 700, duration: 500 },
      duration: 1200,
      onComplete: () => words.destroy(),
    })
  }

  private emitter(kind: string, frame: string, config: Types.GameObjects.Particles.ParticleEmitterConfig): Emitter {
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
