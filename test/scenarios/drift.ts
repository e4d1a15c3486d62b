import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'
import type { LeaveReason, Room } from '@tickwire/server'

const place = field.fixed({ min: -1024, max: 1024, precision: 1 / 32 })
const speed = field.fixed({ min: -128, max: 128, precision: 1 / 32 })

/** The smallest game that has everything a link scenario needs: a thing per player that drifts, a score, numbered notes. */
export const driftSchema = defineGame({
  name: 'drift',
  tickRateHz: 60,
  snapshotRateHz: 20,
  join: { name: field.text({ maxBytes: 24 }), vx: speed },
  player: { name: field.text({ maxBytes: 24 }), score: field.uint({ max: 9999 }) },
  entities: {
    thing: entity(
      { x: place, y: place, vx: speed, vy: speed },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' },
    ),
  },
  input: { x: field.int({ min: -1, max: 1 }), brake: field.bool() },
  messages: {
    note: { toServer: { n: field.uint({ max: 999_999 }) }, toClient: { n: field.uint({ max: 999_999 }) } },
    score: { toServer: { points: field.uint({ max: 100 }) } },
  },
})

export interface Drift extends TypesOf<typeof driftSchema> {}

const PUSH = 60
const EDGE = 1000

export const drift = defineSimulation<Drift>(driftSchema, (world) => {
  for (const thing of world.all('thing')) {
    const { x, brake } = world.inputOf(thing)
    thing.vx = brake ? 0 : thing.vx + x * PUSH * world.dt
    thing.x = Math.max(-EDGE, Math.min(EDGE, thing.x + thing.vx * world.dt))
    if (Math.abs(thing.x) === EDGE) thing.vx = -thing.vx
    thing.y += thing.vy * world.dt
  }
})

/** What the server saw of its players. */
export interface Diary {
  readonly dropped: number[]
  readonly resumed: number[]
  readonly left: [seat: number, reason: LeaveReason][]
  /** Numbers from clients, in the order of their arrival. */
  readonly notes: number[]
  room: Room<Drift> | null
}

export function newDiary(): Diary {
  return { dropped: [], resumed: [], left: [], notes: [], room: null }
}

export function driftRoom(diary: Diary, { resumeWindowMs = 30_000, maxPlayers = 4, verify = false } = {}) {
  return defineRoom(drift, {
    maxPlayers,
    resumeWindowMs,
    verify,
    onCreate(room) {
      diary.room = room
    },
    onJoin(room, player) {
      player.state.name = player.join.name
      room.world.spawn('thing', { x: 0, y: 10 * player.id, vx: player.join.vx }, { owner: player })
    },
    onDrop(_room, player) {
      diary.dropped.push(player.id)
    },
    onResume(_room, player) {
      diary.resumed.push(player.id)
    },
    onLeave(_room, player, reason) {
      diary.left.push([player.id, reason])
    },
    onMessage: {
      note(_room, _player, { n }) {
        diary.notes.push(n)
      },
      score(_room, player, { points }) {
        player.state.score += points
      },
    },
  })
}
