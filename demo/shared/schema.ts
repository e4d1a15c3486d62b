import { defineGame, entity, field } from 'tickwire'
import type { SimEntity, SimWorld, TypesOf } from 'tickwire'

/** World units; the arena of `map.ts` lies within 0 and 2048, so a coordinate costs 16 bits. */
const place = field.fixed({ min: 0, max: 2048, precision: 1 / 32 })
/** Units per second; the fastest thing is a bullet fired forwards by a ship at full speed. */
const speed = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
const body = { x: place, y: place, vx: speed, vy: speed }
const moving = { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' } as const
const where = { x: place, y: place }

/** How many parts of full deflection a turn is told in: a keyboard uses the ends, a touch stick all of them. */
export const FULL_TURN = 8
export const FULL_HP = 100

export const arenaSchema = defineGame({
  name: 'arena',
  tickRateHz: 60,
  snapshotRateHz: 20,
  join: { name: field.text({ maxBytes: 64 }) },
  player: {
    name: field.text({ maxBytes: 64 }),
    score: field.uint({ max: 9999 }),
    respawnAt: field.tick().to('owner'),
    mayChatAt: field.tick().to('nobody'),
  },
  entities: {
    ship: entity(
      {
        ...body,
        angle: field.angle({ bits: 10 }),
        thrusting: field.bool(),
        hp: field.uint({ max: FULL_HP }),
        readyAt: field.tick().to('owner'),
        hitBy: field.seat().to('nobody'),
      },
      moving,
    ),
    bullet: entity({ ...body, diesAt: field.tick().to('owner') }, moving),
  },
  input: {
    thrust: field.bool(),
    turn: field.int({ min: -FULL_TURN, max: FULL_TURN }),
    /** A tap fires once even if it is shorter than a tick; `firing` is the held key. */
    fire: field.press(),
    firing: field.bool(),
  },
  events: {
    shot: where,
    ricochet: where,
    hit: where,
    explosion: { ...where, seat: field.seat() },
  },
  messages: {
    chat: {
      toServer: { text: field.text({ maxBytes: 480 }) },
      toClient: { from: field.seat(), text: field.text({ maxBytes: 480 }) },
    },
  },
})

export interface Arena extends TypesOf<typeof arenaSchema> {}
export type ArenaWorld = SimWorld<Arena>
export type Ship = SimEntity<Arena, 'ship'>
export type Bullet = SimEntity<Arena, 'bullet'>
