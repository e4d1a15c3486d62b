import { Scene } from 'phaser'
import { Chase } from './chase.ts'
import type { Followed } from './chase.ts'
import { showRoom } from './room-view.ts'
import type { Senses } from './room-view.ts'
import type { ShownRoom } from './shown-room.ts'
import { Stars } from './stars.ts'
import { makeTextures } from './textures.ts'
import { drawWalls } from './walls.ts'

/** What a scene shows besides the empty arena. */
export interface Play extends Senses {
  readonly room: ShownRoom
  /** Called once a frame, ahead of all that is drawn. */
  readonly advance: () => void
  /** The ship to look at; undefined: where it was. */
  readonly target: () => Followed | undefined
  /** Called once a frame, after all that is drawn. */
  readonly onFrame: (nowMs: number) => void
}

const STAR_COUNT = 130
/** A frame after a pause is long; the camera must not leap through the arena for it. */
const MAX_FRAME_SECONDS = 0.1

/** The arena: with a room the game, without one the background of the lobby. */
export class ArenaScene extends Scene {
  static readonly key = 'arena'
  private play: Play | undefined
  private stars!: Stars
  private chase!: Chase

  constructor() {
    super(ArenaScene.key)
  }

  init(data: { play?: Play }): void {
    this.play = data.play
  }

  create(): void {
    makeTextures(this)
    drawWalls(this)
    this.stars = new Stars(this, STAR_COUNT)
    this.chase = new Chase(this.cameras.main)
    if (!this.play) return
    const hideRoom = showRoom(this, this.play.room, this.play)
    this.events.once('shutdown', hideRoom)
  }

  override update(nowMs: number, deltaMs: number): void {
    const seconds = Math.min(deltaMs / 1000, MAX_FRAME_SECONDS)
    if (this.play) this.updatePlay(this.play, seconds)
    else if (!document.documentElement.classList.contains('calm')) this.chase.drift(seconds)
    else this.chase.stay()
    this.stars.update(this.cameras.main)
    this.play?.onFrame(nowMs)
  }

  private updatePlay({ advance, target, settings }: Play, seconds: number): void {
    advance()
    const ship = target()
    if (ship) this.chase.follow(ship, seconds, settings().calm)
    else this.chase.stay()
  }
}
