import { BitReader, BitWriter, BodyEncoder, layoutOf, NO_PACKER, replicaOf } from '@tickwire/protocol/internal'
import type { Replica } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import { TestWorld } from '../protocol/codec/world.ts'
import type { Bench, Figure } from './report.ts'
import { median } from './numbers.ts'
import { codedCubesSchema, cubesSchema, CubesWorld } from './worlds/cubes-world.ts'

const WARM_UP_TICKS = 120
const TICKS = 1800
/** A new table every second, as in the estimates that others published. */
const TABLE_TICKS = 60
const LAG = 6
/** Comparing takes longer than all else. */
const COMPARED_EVERY = 20

export const cubes: Bench = {
  name: 'cubes',
  about:
    '901 rigid bodies at 60 Hz, shared by all clients: each snapshot against the one before, and against the one 6 back',
  run: async () => measure(await CubesWorld.create()),
}

function measure(world: CubesWorld): Figure[] {
  const packed = new Chain(cubesSchema, world, 1)
  const coded = new Chain(codedCubesSchema, world, 1)
  // Six chains, each of whom knows the snapshot six ago: together they are one client that is told so much each time.
  const lagging = Array.from({ length: LAG }, () => new Chain(codedCubesSchema, world, LAG))
  const changes = new Changes(packed.world)
  let catchUpBytes = 0
  for (let tick = 1; tick <= WARM_UP_TICKS + TICKS; tick++) {
    world.step()
    packed.tell(tick)
    coded.tell(tick)
    lagging[tick % LAG]!.tell(tick)
    changes.count()
    if (tick === WARM_UP_TICKS) for (const one of [packed, coded, ...lagging, changes]) one.reset()
    else if (tick > WARM_UP_TICKS) catchUpBytes += packed.catchUpBytes(tick)
  }
  const wrong = [packed, coded, ...lagging].reduce((sum, chain) => sum + chain.wrong, 0)
  const against6Back = lagging.reduce((sum, { totals }) => sum + totals.bytes, 0) / TICKS
  const bytesPer = ({ totals }: Chain): number => totals.bytes / TICKS
  const codecMs = ({ times }: Chain): number => median(times)
  return [
    { name: 'wrongCubes', value: wrong, unit: 'cubes', must: '= 0' },
    { name: 'changedPerSnapshot', value: changes.total / TICKS, unit: 'cubes', must: '' },
    { name: 'packed.bytesPerSnapshot', value: bytesPer(packed), unit: 'B', must: '<= 350' },
    { name: 'packed.bytesPerChange', value: packed.totals.bytes / changes.total, unit: 'B', must: '' },
    { name: 'packed.catchUpBytes', value: catchUpBytes / TICKS, unit: 'B', must: '' },
    { name: 'packed.codecMs', value: codecMs(packed), unit: 'ms', must: '< 1' },
    { name: 'entropy.bytesPerSnapshot', value: bytesPer(coded), unit: 'B', must: '<= 185' },
    { name: 'entropy.bytesPerChange', value: coded.totals.bytes / changes.total, unit: 'B', must: '' },
    { name: 'entropy.bytesAgainst6Back', value: against6Back, unit: 'B', must: '<= 390' },
    { name: 'entropy.tableBytesPerSnapshot', value: coded.totals.tableBytes / TICKS, unit: 'B', must: '' },
    { name: 'entropy.codecMs', value: codecMs(coded), unit: 'ms', must: '< 1' },
  ]
}

/** A writer and a reader that is told of every n-th tick. */
class Chain {
  readonly world: TestWorld
  readonly times: number[] = []
  totals = { bytes: 0, tableBytes: 0 }
  /** Cubes that its reader showed otherwise than they were, summed over what was compared. */
  wrong = 0
  private readonly row: Int32Array
  private readonly replica: Replica
  private readonly encoder: BodyEncoder | null
  private readonly interval: number
  private readonly writer = new BitWriter(1 << 16)
  private readonly known = new Map<number, number>()
  private told = 0

  constructor(schema: GameSchema, { cubes: bodies }: CubesWorld, interval: number) {
    const layout = layoutOf(schema)
    this.interval = interval
    this.row = new Int32Array(layout.maxColumns)
    this.world = new TestWorld(schema)
    for (const [slot, cube] of bodies.entries()) this.world.spawn(slot, 'cube', cube)
    this.replica = replicaOf(layout, NO_PACKER)
    this.encoder = schema.compression === 'entropy' ? new BodyEncoder(layout) : null
  }

  reset(): void {
    this.times.length = 0
    this.totals = { bytes: 0, tableBytes: 0 }
  }

  tell(tick: number): void {
    if ((this.told++ * this.interval) % TABLE_TICKS === 0) this.publish()
    const start = performance.now()
    this.world.advance(tick)
    const body = this.write(tick)
    this.replica.begin()
    this.replica.readTrack(new BitReader(body), 'all', tick)
    this.replica.commit()
    this.times.push(performance.now() - start)
    this.totals.bytes += body.length
    for (const [slot, { generation }] of this.world.slots) this.known.set(slot, generation)
    if (this.told % COMPARED_EVERY === 0) this.compare(tick)
  }

  private compare(tick: number): void {
    for (const [slot, { row }] of this.world.slots) {
      const held = this.replica.entities.get(slot)
      if (held !== undefined) this.replica.rowAt(held, tick, this.row)
      if (held === undefined || row.some((value, i) => value !== this.row[i])) this.wrong++
    }
  }

  /** What a client would be sent that knows the snapshot 6 back, but is to be where all are from here on. */
  catchUpBytes(tick: number): number {
    this.writer.reset()
    this.world.writeTrack(this.writer, 'all', this.known, tick - LAG, tick)
    return this.writer.byteLength
  }

  private publish(): void {
    if (this.encoder === null) return
    const table = this.encoder.publish()
    this.replica.learnTable(this.encoder.number, table)
    this.totals.tableBytes += table.length
  }

  private write(tick: number): Uint8Array {
    this.writer.reset()
    if (this.encoder === null) this.world.writeTrack(this.writer, 'all', this.known, tick - this.interval, tick)
    else this.world.writeCoded(this.writer, this.encoder, this.known, tick)
    return this.writer.view()
  }
}

/** Counts the rows that differ from those of the tick before. */
class Changes {
  total = 0
  private readonly world: TestWorld
  private readonly before: readonly Int32Array[]

  constructor(world: TestWorld) {
    this.world = world
    this.before = [...world.slots.values()].map(({ row }) => row.slice())
  }

  reset(): void {
    this.total = 0
  }

  count(): void {
    for (const [slot, { row }] of this.world.slots) {
      if (row.some((value, i) => value !== this.before[slot]![i])) this.total++
      this.before[slot]!.set(row)
    }
  }
}
