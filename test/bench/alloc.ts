import { defineSimulation } from '@tickwire/protocol'
import { BitReader, GameCodec, NO_PACKER, readSnapshotHeader, replicaOf } from '@tickwire/protocol/internal'
import { defineRoom } from '@tickwire/server'
import type { SendResult } from '../../server/src/transport/transport.ts'
import { FakeLink, RoomHarness } from '../server/room/harness.ts'
import { collectGarbage } from './garbage.ts'
import { median } from './numbers.ts'
import type { Bench, Figure } from './report.ts'
import type { arenaSchema, ArenaTypes } from './worlds/arena-world.ts'
import type { MovingWorld } from './worlds/bench-world.ts'
import type { Body } from './worlds/flying.ts'
import { interestWorld } from './worlds/interest-world.ts'

const WARM_UP_TICKS = 2000
const TICKS = 400
const CLIENTS = 10

/** 2000 ships, all moving, all seen: records of every form but spawns, which must make objects. */
export const alloc: Bench = {
  name: 'alloc',
  about: 'heap bytes per snapshot: the scan of the world, the body that all share, each client, decoding',
  run: async () => {
    const bodies: Uint8Array[] = []
    return [...(await measureEncoding(bodies)), measureDecoding(bodies)]
  },
}

/** Something that is measured, over and over. */
class Job {
  private readonly run: () => void
  private grown: number[] = []

  constructor(run: () => void) {
    this.run = run
  }

  forget(): void {
    this.grown = []
  }

  /** Rounds in which a collection ran tell nothing and are left out. */
  measure(): void {
    const before = process.memoryUsage().heapUsed
    this.run()
    const grown = process.memoryUsage().heapUsed - before
    if (grown >= 0) this.grown.push(grown)
  }

  /** The median: now and then the engine makes something for itself (code, feedback), and no snapshot needs that. */
  get medianBytes(): number {
    return median(this.grown)
  }
}

/** Does all jobs; those of the warm-up count for nothing. From one place for all: what reading the heap itself leaves there depends on how that was compiled. */
function measureAll(jobs: readonly Job[], round: number): void {
  for (const job of jobs) {
    if (round === WARM_UP_TICKS) job.forget()
    job.measure()
  }
}

/** A client that takes what it is sent and does nothing with it. */
class DeafLink extends FakeLink {
  snapshot: Uint8Array | null = null

  override flush(snapshot: Uint8Array | null): SendResult {
    this.snapshot = snapshot
    return 'sent'
  }
}

async function measureEncoding(bodies: Uint8Array[]): Promise<Figure[]> {
  const harness = crowdedRoom()
  const links: DeafLink[] = []
  for (let i = 0; i < CLIENTS; i++) {
    const link = new DeafLink(harness.codec, `user${i}`)
    links.push(link)
    await harness.join({ name: `bot${i}` }, link)
  }
  const { core } = harness.room
  const moving = core.data as { moving: MovingWorld }
  const [first, ...others] = [...core.seats]
  const jobs = [
    new Job(() => undefined),
    new Job(() => {
      core.replication.advance(core.world.tick)
      core.sender.beginTick()
    }),
    new Job(() => core.sender.send(first!)),
    new Job(() => {
      for (let i = 0; i < others.length; i++) core.sender.send(others[i]!)
    }),
  ] as const
  for (let tick = 1; tick <= WARM_UP_TICKS + TICKS; tick++) {
    if (tick % 20 === 0) collectGarbage()
    core.world.tick = tick
    moving.moving.step()
    measureAll(jobs, tick)
    bodies.push(links[0]!.snapshot!.slice())
    for (const { id } of core.seats) harness.room.receiveSnapshotAck(id, tick & 0xffff, harness.clock.nowMs())
  }
  const [nothing, ...parts] = jobs.map(({ medianBytes }) => medianBytes)
  const [scan, body, rest] = parts.map((grown) => grown - nothing!)
  return [
    { name: 'scan.bytesPerSnapshot', value: scan!, unit: 'B', must: '= 0' },
    { name: 'firstClient.bytesPerSnapshot', value: body!, unit: 'B', must: '= 0' },
    { name: 'otherClients.bytesPerSnapshot', value: rest! / others.length, unit: 'B', must: '= 0' },
  ]
}

function crowdedRoom(): RoomHarness {
  const schema: typeof arenaSchema = interestWorld.schema
  const type = defineRoom(
    defineSimulation<ArenaTypes>(schema, () => undefined),
    {
      maxPlayers: CLIENTS,
      data: () => ({ moving: null as MovingWorld | null }),
      onCreate({ world, data }) {
        const spawn = (_: string, fields: Body): Body => world.spawn('ship', fields) as unknown as Body
        data.moving = interestWorld.create({ spawn, despawn: () => undefined }, 1)
      },
    },
  )
  return new RoomHarness(type)
}

function measureDecoding(bodies: readonly Uint8Array[]): Figure {
  const { layout } = new GameCodec(interestWorld.schema, NO_PACKER)
  const replica = replicaOf(layout, NO_PACKER)
  const reader = new BitReader(new Uint8Array(0))
  let last = { seq: 0, tick: 0 }
  const decode = (): void => {
    replica.begin()
    replica.readTrack(reader, 'all', last.tick)
    replica.commit()
  }
  const jobs = [new Job(() => undefined), new Job(decode)] as const
  for (const [i, bytes] of bodies.entries()) {
    if (i % 20 === 0) collectGarbage()
    // Behind the head of the message, which is a byte.
    reader.reset(bytes, 8)
    last = readSnapshotHeader(reader, reader.varuint(0xffff, 'channel', 3), last, interestWorld.schema.ticksPerSnapshot)
    measureAll(jobs, i)
  }
  const [nothing, decoding] = jobs
  return { name: 'decode.bytesPerSnapshot', value: decoding.medianBytes - nothing.medianBytes, unit: 'B', must: '= 0' }
}
