import { defineSimulation } from '@tickwire/protocol'
import { layoutOf } from '@tickwire/protocol/internal'
import { createGameServer, defineRoom } from '@tickwire/server'
import type { GameServer, Room } from '@tickwire/server'
import type { arenaSchema, ArenaTypes } from '../worlds/arena-world.ts'
import type { BenchWorld, MovingWorld, WorldHost } from '../worlds/bench-world.ts'
import type { Body } from '../worlds/flying.ts'
import { Truth } from './views.ts'
import type { LivingBody } from './views.ts'

/** What a benchmark's server has done so far. */
export interface Done {
  /** CPU time of what is not ours: moving the world. */
  simulationUs: number
  ticks: number
  /** Which part of the entities moved, summed over ticks. */
  movedShare: number
}

/** One room of a workload on a real socket. */
export class BenchServer {
  readonly url: string
  readonly truth: Truth
  readonly done: Readonly<Done>
  private readonly server: GameServer

  private constructor(server: GameServer, truth: Truth, done: Done) {
    this.server = server
    this.truth = truth
    this.done = done
    this.url = server.url.replace('localhost', '127.0.0.1')
  }

  static async start(world: BenchWorld): Promise<BenchServer> {
    const done: Done = { simulationUs: 0, ticks: 0, movedShare: 0 }
    const truth = new Truth(layoutOf(world.schema), world)
    const rooms = [roomOf(world, truth, done)]
    const server = await createGameServer({ port: 0, host: '127.0.0.1', rooms, signals: false, log: 'silent' })
    return new BenchServer(server, truth, done)
  }

  /** Snapshots that were sent so far. */
  get snapshots(): number {
    return this.server.stats.traffic.snapshots
  }

  close(): Promise<void> {
    return this.server.close()
  }
}

function roomOf(world: BenchWorld, truth: Truth, done: Done): ReturnType<typeof defineRoom> {
  // The worlds differ in their kinds only, which this file does not name.
  const schema: typeof arenaSchema = world.schema
  const game = defineSimulation<ArenaTypes>(schema, () => undefined)
  return defineRoom(game, {
    maxPlayers: world.clients,
    data: () => ({ moving: null as MovingWorld | null }),
    onCreate(room) {
      room.data.moving = world.create(hostOf(room), 1)
    },
    onTick(room) {
      const moving = room.data.moving!
      const cpu = process.cpuUsage()
      moving.step()
      for (const player of room.players.values()) player.view = world.viewOf(player.id, room.tick)
      truth.record(room.tick, bodiesOf(room, world))
      const { user, system } = process.cpuUsage(cpu)
      done.simulationUs += user + system
      done.ticks++
      done.movedShare += moving.movedCount / moving.count
    },
  })
}

type AnyRoom = Pick<Room<ArenaTypes>, 'world'>

export const hostOf = ({ world }: AnyRoom): WorldHost => ({
  spawn: (kind, fields) => world.spawn(kind as 'ship', fields) as unknown as Body,
  despawn: (body) => world.despawn(body as unknown as { id: number }),
})

function* bodiesOf({ world }: AnyRoom, { schema }: BenchWorld): Generator<LivingBody> {
  for (const kind of Object.keys(schema.entities))
    yield* world.all(kind as 'ship') as Iterable<unknown> as Iterable<LivingBody>
}
