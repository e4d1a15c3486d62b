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
export const FULL_SHIELD = 60
export const MAX_PLAYERS = 32
const MAX_POINTS = 99
/** More than any team scores before a round is over. */
const MAX_SCORE = 999

export const TEAMS = ['azure', 'amber'] as const
export type Team = (typeof TEAMS)[number]
const team = field.oneOf(...TEAMS)

export const PICK_UPS = ['shield', 'spread', 'repair'] as const
export type PickUp = (typeof PICK_UPS)[number]
const pickUp = field.oneOf(...PICK_UPS)

export const arenaSchema = defineGame({
  name: 'arena',
  tickRateHz: 60,
  snapshotRateHz: 20,
  join: { name: field.text({ maxBytes: 64 }) },
  /** What whoever makes a room chooses. */
  options: {
    /** Bots join until so many ships fly, and go when players come; 0: none. */
    ships: field.uint({ max: MAX_PLAYERS }),
    /** A team that has so many has won the round. */
    points: field.uint({ max: MAX_POINTS }),
  },
  /** What lists show of a room besides how many fly in it. */
  metadata: {
    title: field.text({ maxBytes: 40 }),
    /** Players who are no bots. */
    people: field.uint({ max: MAX_PLAYERS }),
    round: field.uint({ max: 999 }),
    phase: field.oneOf('playing', 'over'),
    azure: field.uint({ max: MAX_SCORE }),
    amber: field.uint({ max: MAX_SCORE }),
    /** Until the phase ends, in steps of ten: a list is no clock. */
    secondsLeft: field.uint({ max: 600 }),
  },
  state: {
    phase: field.oneOf('playing', 'over'),
    /** When the phase ends, if no team wins before. */
    endsAt: field.tick(),
    azure: field.uint({ max: MAX_SCORE }),
    amber: field.uint({ max: MAX_SCORE }),
    winner: field.oneOf('nobody', ...TEAMS),
  },
  player: {
    name: field.text({ maxBytes: 64 }),
    team,
    isBot: field.bool(),
    score: field.uint({ max: MAX_SCORE }),
    deaths: field.uint({ max: MAX_SCORE }),
    respawnAt: field.tick().to('owner'),
    mayChatAt: field.tick().to('nobody'),
  },
  entities: {
    ship: entity(
      {
        ...body,
        angle: field.angle({ bits: 10 }),
        team,
        thrusting: field.bool(),
        hp: field.uint({ max: FULL_HP }),
        shield: field.uint({ max: FULL_SHIELD }),
        /** A ship that has just appeared takes no damage until then, or until it fires. */
        safeUntil: field.tick(),
        gunReadyAt: field.tick().to('owner'),
        laserReadyAt: field.tick().to('owner'),
        spreadUntil: field.tick().to('owner'),
        /** The tick of its newest laser shot, for the room that has to say what was hit. */
        laserAt: field.tick().to('nobody'),
        hitBy: field.seat().to('nobody'),
      },
      moving,
    ),
    bullet: entity({ ...body, team, diesAt: field.tick().to('owner') }, moving),
    pickUp: entity({ ...where, what: pickUp }, { position: ['x', 'y'], static: true }),
  },
  input: {
    thrust: field.bool(),
    turn: field.int({ min: -FULL_TURN, max: FULL_TURN }),
    /** A tap fires once even if it is shorter than a tick; `firing` is the held key. */
    fire: field.press(),
    firing: field.bool(),
    laser: field.press(),
  },
  events: {
    shot: where,
    ricochet: where,
    hit: where,
    laser: { ...where, toX: place, toY: place, team },
    picked: { ...where, what: pickUp, seat: field.seat() },
    explosion: { ...where, team },
    /** Told to all, wherever they look: for the list of who destroyed whom. */
    destroyed: { seat: field.seat(), by: field.seat() },
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
export type ArenaInput = Arena['input']
export type Ship = SimEntity<Arena, 'ship'>
export type Bullet = SimEntity<Arena, 'bullet'>
