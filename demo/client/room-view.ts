import type { Scene } from 'phaser'
import type { Place } from 'tickwire'
import type { Unsubscribe } from 'tickwire/client'
import { Effects } from './effects.ts'
import { PICK_UP_COLORS, PICK_UP_NAMES } from './palette.ts'
import { ShipSprite } from './ship-sprite.ts'
import type { ShownRoom } from './shown-room.ts'
import type { Settings } from './settings.ts'
import type { SoundName, Sounds } from './sounds.ts'
import { addSprite } from './textures.ts'

/** What a room's events are heard and felt with. */
export interface Senses {
  readonly sounds: Sounds
  readonly settings: () => Settings
}

/**
 * Gives every entity of the room a sprite, and every event a sight and a sound; the call returned takes them away.
 */
export function showRoom(scene: Scene, room: ShownRoom, { sounds, settings }: Senses): Unsubscribe {
  const effects = new Effects(scene)
  const hear = (name: SoundName, { x, y }: Place): void => {
    const { midPoint, displayWidth } = scene.cameras.main
    sounds.play(name, Math.hypot(x - midPoint.x, y - midPoint.y), (x - midPoint.x) / (displayWidth / 2))
  }
  const subscriptions = [
    room.draw('ship', {
      enter: (ship) => new ShipSprite(scene, effects, ship),
      update: (ship, sprite) =>
        sprite.update(ship, {
          name: room.players.get(ship.owner ?? -1)?.name ?? '',
          isSafe: room.tick < ship.safeUntil,
          isCalm: settings().calm,
        }),
      leave: (_ship, sprite) => sprite.destroy(),
    }),
    room.draw('bullet', {
      enter: (bullet) => addSprite(scene, `bullet-${bullet.team}`).setDepth(8),
      update: (bullet, image) => image.setPosition(bullet.x, bullet.y).setRotation(Math.atan2(bullet.vy, bullet.vx)),
      leave: (_bullet, image) => image.destroy(),
    }),
    room.draw('pickUp', {
      enter: ({ x, y, what }) => addSprite(scene, `pick-up-${what}`).setPosition(x, y).setDepth(5),
      leave: (_pickUp, image) => image.destroy(),
    }),
    room.onEvent('shot', (at) => {
      effects.sparks(at.x, at.y, 3)
      hear('shot', at)
    }),
    room.onEvent('ricochet', ({ x, y }) => effects.sparks(x, y, 5)),
    room.onEvent('hit', (at) => {
      effects.sparks(at.x, at.y, 12)
      hear('hit', at)
    }),
    room.onEvent('laser', (beam) => {
      effects.beam(beam, beam.team)
      hear('laser', beam)
    }),
    room.onEvent('picked', (at) => {
      effects.sparks(at.x, at.y, 16)
      effects.words(at.x, at.y, PICK_UP_NAMES[at.what], PICK_UP_COLORS[at.what], settings().calm)
      hear('picked', at)
    }),
    room.onEvent('explosion', (at) => {
      effects.explosion(at.x, at.y, at.team)
      hear('explosion', at)
    }),
    room.onEvent('destroyed', ({ seat }) => {
      if (room.players.get(seat ?? -1)?.mine && settings().shake) scene.cameras.main.shake(260, 0.006)
    }),
  ]
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe()
  }
}
