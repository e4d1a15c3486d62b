import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { Game, TypesOf } from '@tickwire/protocol'
import { defineRoom } from '@tickwire/server'

/** The precision of places on the wire, in units. */
export const STEP = 1 / 32

const place = field.fixed({ min: -16_384, max: 16_384, precision: STEP })
const speed = field.fixed({ min: -256, max: 256, precision: 1 / 32 })

/** Units per second: what nobody may exceed. */
export const LEGAL_SPEED = 120
export const TICK_RATE_HZ = 60
export const TICKS_PER_SNAPSHOT = 3
export const TICK_MS = 1000 / TICK_RATE_HZ

/** A thing per player that moves at one speed or stands, so that each input is seen at once, and distance is time. */
export const trackSchema = defineGame({
  name: 'track',
  tickRateHz: TICK_RATE_HZ,
  snapshotRateHz: TICK_RATE_HZ / TICKS_PER_SNAPSHOT,
  join: {},
  player: {},
  entities: {
    runner: entity(
      { x: place, y: place, vx: speed, vy: speed },
      { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' }, predict: 'owner' },
    ),
    /** What fills a link: the server moves them. */
    drone: entity({ x: place, y: place, vx: speed, vy: speed }, { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' } }),
  },
  /** `sampledMs`: when the frame was, so that the server knows how old an input is when it is simulated. */
  input: { x: field.int({ min: -1, max: 1 }), sampledMs: field.uint({ max: 0xff_ffff }) },
})

export interface Track extends TypesOf<typeof trackSchema> {}

/** Told of each input that the server simulates. */
export type OnServerInput = (seat: number, tick: number, input: Readonly<Track['input']>, x: number) => void

export function trackGame(onServerInput: OnServerInput): Game<Track> {
  return defineSimulation<Track>(trackSchema, (world) => {
    for (const runner of world.all('runner')) {
      const input = world.inputOf(runner)
      runner.vx = input.x * LEGAL_SPEED
      runner.x += runner.vx * world.dt
      if (world.authority && runner.owner !== null) onServerInput(runner.owner, world.tick, input, runner.x)
    }
  })
}

/** Told when a drone turns. */
export type OnTurn = (id: number, tick: number) => void

/** @param drones so many move about, each turning at random: what makes snapshots large */
export function trackRoom(game: Game<Track>, drones: number, onTurn: OnTurn): ReturnType<typeof defineRoom> {
  return defineRoom(game, {
    maxPlayers: 16,
    onCreate(room) {
      for (let i = 0; i < drones; i++) room.world.spawn('drone', { x: 10 * i, y: 10 * i })
    },
    onJoin(room, player) {
      room.world.spawn('runner', { x: 0, y: 10 * player.id }, { owner: player })
    },
    onTick(room) {
      for (const drone of room.world.all('drone')) {
        if (room.random() < 0.2) {
          drone.vx = (room.random() - 0.5) * 2 * LEGAL_SPEED
          drone.vy = (room.random() - 0.5) * 2 * LEGAL_SPEED
          onTurn(drone.id, room.tick)
        }
        drone.x += drone.vx * room.world.dt
        drone.y += drone.vy * room.world.dt
      }
    },
  })
}
