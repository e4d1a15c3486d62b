import type { Scene } from 'phaser'
import type { JoinedRoom, Unsubscribe } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'
import { Effects } from './effects.ts'
import { ShipSprite } from './ship-sprite.ts'
import { addSprite } from './textures.ts'

/** Gives every entity of the room a sprite and every event a sight; the call returned takes them away. */
export function showRoom(scene: Scene, room: JoinedRoom<Arena>): Unsubscribe {
  const effects = new Effects(scene)
  const subscriptions = [
    room.draw('ship', {
      enter: (ship) => new ShipSprite(scene, effects, ship),
      update: (ship, sprite) =>
        sprite.update(ship, room.players.get(ship.owner ?? -1)?.name ?? '', room.tick < ship.safeUntil),
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
    room.onEvent('shot', ({ x, y }) => effects.sparks(x, y, 3)),
    room.onEvent('ricochet', ({ x, y }) => effects.sparks(x, y, 5)),
    room.onEvent('hit', ({ x, y }) => effects.sparks(x, y, 12)),
    room.onEvent('laser', (beam) => effects.beam(beam, beam.team)),
    room.onEvent('picked', ({ x, y }) => effects.sparks(x, y, 16)),
    room.onEvent('explosion', ({ x, y, team }) => effects.explosion(x, y, team)),
    room.onEvent('destroyed', ({ seat }) => {
      if (seat === room.seat) shake(scene)
    }),
  ]
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe()
  }
}

function shake(scene: Scene): void {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return
  scene.cameras.main.shake(260, 0.006)
}
