import type { GameObjects, Scene } from 'phaser'
import { FULL_HP, FULL_SHIELD } from '../shared/schema.ts'
import { EdgeMarker } from './edge-marker.ts'
import type { Effects } from './effects.ts'
import type { ShipView } from './shown-room.ts'
import { pixelRatio } from './stage.ts'
import { TEXTURE_SCALE, addSprite } from './textures.ts'

/** Names are read before any background: what is bright behind them is kept away by an edge. */
const LABEL = {
  fontFamily: 'system-ui, sans-serif',
  fontSize: '13px',
  color: '#e3ecfa',
  stroke: '#070b16',
  strokeThickness: 3,
}
const FLASH_MS = 160

interface Looks {
  readonly name: string
  /** It takes no damage yet. */
  readonly isSafe: boolean
  /** Nothing pulses or flashes. */
  readonly isCalm: boolean
}

/** One ship on the screen: hull, flame, and for the others name and health. */
export class ShipSprite {
  private readonly hull: GameObjects.Image
  private readonly flash: GameObjects.Image
  private readonly bubble: GameObjects.Image
  private readonly flame: GameObjects.Image
  private readonly bar: GameObjects.Image
  private readonly barFrame: GameObjects.Image
  private readonly label: GameObjects.Text
  private readonly marker: EdgeMarker
  private readonly effects: Effects
  private frames = 0
  private strength: number
  private hitAtMs = -FLASH_MS

  constructor(scene: Scene, effects: Effects, { team, mine, hp, shield }: ShipView) {
    this.strength = hp + shield
    this.effects = effects
    this.marker = new EdgeMarker(scene, team)
    this.flame = addSprite(scene, `flame-${team}`).setDepth(9).setOrigin(1, 0.5)
    this.hull = addSprite(scene, `${mine ? 'own' : 'ship'}-${team}`).setDepth(10)
    this.flash = addSprite(scene, `flash-${team}`).setDepth(11).setVisible(false)
    this.bubble = addSprite(scene, `bubble-${team}`).setDepth(10)
    this.barFrame = addSprite(scene, 'bar').setDepth(11).setAlpha(0.2)
    this.bar = addSprite(scene, 'bar').setDepth(12).setAlpha(0.9).setOrigin(0, 0.5)
    this.label = scene.add.text(0, 0, '', LABEL).setDepth(11).setOrigin(0.5, 1)
    this.label.setResolution(pixelRatio(scene) * 1.5)
  }

  update(ship: ShipView, { name, isSafe, isCalm }: Looks): void {
    const { x, y, angle } = ship
    this.hull.setPosition(x, y).setRotation(angle)
    this.showFlame(ship)
    this.bubble.setPosition(x, y).setVisible(isSafe || ship.shield > 0)
    const pulse = isCalm ? 0 : 0.3 * Math.sin(this.frames * 0.25)
    this.bubble.setAlpha(isSafe ? 0.55 + pulse : 0.35 + (0.6 * ship.shield) / FULL_SHIELD)
    if (!isCalm) this.showHit(ship)
    const isHurt = !ship.mine && ship.hp < FULL_HP
    this.barFrame.setPosition(x, y + 24).setVisible(isHurt)
    this.bar.setPosition(x - 15, y + 24).setVisible(isHurt)
    this.bar.setScale(ship.hp / FULL_HP / TEXTURE_SCALE, 1 / TEXTURE_SCALE)
    const shown = ship.mine ? '' : name
    if (this.label.text !== shown) this.label.setText(shown)
    this.label.setPosition(x, y - 20)
    if (!ship.mine) this.marker.pointTo(x, y)
  }

  destroy(): void {
    for (const part of [
      this.hull,
      this.flash,
      this.bubble,
      this.flame,
      this.bar,
      this.barFrame,
      this.label,
      this.marker,
    ])
      part.destroy()
  }

  /** A hull that has lost something is white for a moment. */
  private showHit({ x, y, angle, hp, shield }: ShipView): void {
    const nowMs = this.flash.scene.time.now
    if (hp + shield < this.strength) this.hitAtMs = nowMs
    this.strength = hp + shield
    const alpha = 0.85 * (1 - (nowMs - this.hitAtMs) / FLASH_MS)
    this.flash
      .setVisible(alpha > 0)
      .setAlpha(Math.max(alpha, 0))
      .setPosition(x, y)
      .setRotation(angle)
  }

  private showFlame({ x, y, angle, thrusting, team }: ShipView): void {
    this.frames++
    this.flame.setVisible(thrusting)
    if (!thrusting) return
    const tailX = x - Math.cos(angle) * 7
    const tailY = y - Math.sin(angle) * 7
    const flicker = 0.8 + 0.25 * Math.sin(this.frames * 0.9)
    this.flame
      .setPosition(tailX, tailY)
      .setRotation(angle)
      .setScale(flicker / TEXTURE_SCALE, 1 / TEXTURE_SCALE)
    if (this.frames % 2 === 0) this.effects.trail(tailX - Math.cos(angle) * 10, tailY - Math.sin(angle) * 10, team)
  }
}
