import v8 from 'node:v8'
import vm from 'node:vm'
import { defineSimulation } from '@tickwire/protocol'
import { BitReader, GameCodec, NO_PACKER, readSnapshotHeader, Replica } from '@tickwire/protocol/internal'
import { defineRoom } from '@tickwire/server'
import type { SendResult } from '../../server/src/transport/transport.ts'
import { FakeLink, RoomHarness } from '../server/room/harness.ts'
import type { Bench, Figure } from './report.ts'
import type { arenaSchema, ArenaTypes } from './worlds/arena-world.ts'
import type { MovingWorld } from './worlds/bench-world.ts'
import type { Body } from './worlds/flying.ts'
import { interestWorld } from './worlds/interest-world.ts'

const WARM_UP_TICKS = 600
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

/** The flag takes effect in a new context only. */
function exposedGc(): () => void {
  v8.setFlagsFromString('--expose-gc')
  return vm.runInNewContext('gc') as () => void
}
const gc = exposedGc()

/** Sums what grows on the heap between `begin` and `end`; rounds in which a collection ran tell nothing and are left out. */
class HeapMeter {
  private total = 0
  private count = 0
  private start = 0
  private readonly floor: number

  constructor(floor: number) {
    this.floor = floor
  }

  begin(): void {
    this.start = process.memoryUsage().heapUsed
  }

  end(): void {
    const grown = process.memoryUsage().heapUsed - this.start
    if (grown < 0) return
    this.total += Math.max(0, grown - this.floor)
    this.count++
  }

  get mean(): number {
    return this.total / this.count
  }
}

/** What a measurement of nothing measures. */
function emptyGrowth(): number {
  const meter = new HeapMeter(0)
  for (let i = 0; i < 2000; i++) {
    meter.begin()
    meter.end()
  }
  return Math.ceil(meter.mean)
}

/** A client that takes what it is sent, and keeps it only when asked to. */
class DeafLink extends FakeLink {
  kept: Uint8Array[] | null = null

  override flush(snapshot: Uint8Array | null): SendResult {
    if (snapshot !== null) this.kept?.push(snapshot.slice())
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
  const seats = [...core.seats]
  const floor = emptyGrowth()
  const [scan, first, others] = [new HeapMeter(floor), new HeapMeter(floor), new HeapMeter(floor)]
  for (let tick = 1; tick <= WARM_UP_TICKS + TICKS; tick++) {
    if (tick % 20 === 0) gc()
    links[0]!.kept = bodies
    core.world.tick = tick
    moving.moving.step()
    const isWarm = tick > WARM_UP_TICKS
    if (isWarm) scan.begin()
    core.replication.advance(tick)
    if (isWarm) scan.end()
    for (const [i, seat] of seats.entries()) {
      const meter = i === 0 ? first : others
      if (isWarm) meter.begin()
      core.sender.send(seat)
      if (isWarm) meter.end()
      harness.room.receiveSnapshotAck(seat.id, tick & 0xffff, harness.clock.nowMs())
    }
  }
  return [
    { name: 'scan.bytesPerSnapshot', value: scan.mean, unit: 'B', must: '= 0' },
    { name: 'firstClient.bytesPerSnapshot', value: first.mean, unit: 'B', must: '= 0' },
    { name: 'otherClients.bytesPerSnapshot', value: others.mean, unit: 'B', must: '= 0' },
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
  const replica = new Replica(layout, NO_PACKER)
  const reader = new BitReader(new Uint8Array(0))
  const meter = new HeapMeter(emptyGrowth())
  let last = { seq: 0, tick: 0 }
  for (const [i, bytes] of bodies.entries()) {
    if (i % 20 === 0) gc()
    // Behind the head of the message, which is a byte.
    reader.reset(bytes, 8)
    last = readSnapshotHeader(reader, reader.varuint(0xffff, 'channel', 3), last)
    if (i === WARM_UP_TICKS) gc()
    if (i >= WARM_UP_TICKS) meter.begin()
    replica.begin()
    replica.readTrack(reader, 'all', last.tick)
    replica.commit()
    if (i >= WARM_UP_TICKS) meter.end()
  }
  return { name: 'decode.bytesPerSnapshot', value: meter.mean, unit: 'B', must: '= 0' }
}
