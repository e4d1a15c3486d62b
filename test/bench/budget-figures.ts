import { defineSimulation } from '@tickwire/protocol'
import { quantise } from '@tickwire/protocol/internal'
import { defineRoom } from '../../server/src/room/define-room.ts'
import type { EntityRecord } from '../../server/src/replication/entity-table.ts'
import { RoomHarness } from '../server/room/harness.ts'
import type { Member } from '../server/room/harness.ts'
import type { arenaSchema, ArenaTypes } from './worlds/arena-world.ts'
import type { Circle, MovingWorld } from './worlds/bench-world.ts'
import type { Body } from './worlds/flying.ts'
import { interestWorld } from './worlds/interest-world.ts'

/** How one crowded room keeps to a budget, on a clock that is stepped: nothing of it depends on the machine. */
export interface BudgetFigures {
  readonly bytesPerSecond: number
  /** By how much any second of any client was over the budget, and under it while something waited, in percent. */
  readonly worstOverPercent: number
  readonly worstUnderPercent: number
  /** The longest that anything in a view was not as it is. */
  readonly maxAgeMs: number
  /** The same of the nearest ten. */
  readonly nearestMaxAgeMs: number
}

const SNAPSHOT_MS = 50
const SNAPSHOTS_PER_SECOND = 20
const NEAREST = 10
/** A view that opens, or a world that is new, is no steady state. */
const WARM_UP_SECONDS = 3

/** What the interest workload takes of one client on average, and how many entities it is told of. */
export interface Demand {
  readonly bytesPerSecond: number
  readonly updatesPerSecond: number
}

export async function demandOf(clients: number, seconds: number): Promise<Demand> {
  const free = new BudgetRun(Infinity)
  await free.play(clients, seconds)
  return { bytesPerSecond: free.bytes / (clients * seconds), updatesPerSecond: free.updates / (clients * seconds) }
}

/** Plays the interest workload within a budget for each client. */
export async function budgetFigures(clients: number, seconds: number, bytesPerSecond: number): Promise<BudgetFigures> {
  const run = new BudgetRun(bytesPerSecond)
  await run.play(clients, seconds)
  const { worstOver, worstUnder, maxAge, nearestMaxAge } = run
  return {
    bytesPerSecond,
    worstOverPercent: worstOver * 100,
    worstUnderPercent: worstUnder * 100,
    maxAgeMs: maxAge * SNAPSHOT_MS,
    nearestMaxAgeMs: nearestMaxAge * SNAPSHOT_MS,
  }
}

/** What one client was sent and shows. */
interface Watched {
  readonly member: Member
  /** Bytes of the newest snapshots, and whether something was left out of each. */
  readonly sizes: number[]
  readonly partials: boolean[]
  /** By id: the newest snapshot, counted, at which what it shows of an entity was exact. */
  exactAt: Map<number, number>
}

class BudgetRun {
  bytes = 0
  /** Entities that clients showed, summed over snapshots: all of them move. */
  updates = 0
  worstOver = 0
  worstUnder = 0
  /** In snapshots. */
  maxAge = 0
  nearestMaxAge = 0
  private readonly harness: RoomHarness
  private moving: MovingWorld | null = null
  private snapshots = 0
  private truths: Map<number, Int32Array> = new Map()
  private readonly bytesPerSecond: number
  private readonly row = new Int32Array(64)

  constructor(bytesPerSecond: number) {
    this.bytesPerSecond = bytesPerSecond
    // The worlds differ in their kinds only, which this file does not name.
    const schema: typeof arenaSchema = interestWorld.schema
    const game = defineSimulation<ArenaTypes>(schema, () => undefined)
    const type = defineRoom(game, {
      maxPlayers: 100,
      onCreate: (room) => {
        const host = {
          spawn: (kind: string, fields: object) => room.world.spawn(kind as 'ship', fields) as unknown as Body,
          despawn: () => undefined,
        }
        this.moving = interestWorld.create(host, 1)
      },
      onTick: (room) => {
        this.moving?.step()
        for (const player of room.players.values()) {
          player.view = interestWorld.viewOf(player.id, room.tick)
          player.bytesPerSecond = bytesPerSecond
        }
      },
    })
    this.harness = new RoomHarness(type)
  }

  async play(clients: number, seconds: number): Promise<void> {
    const watched: Watched[] = []
    for (let i = 0; i < clients; i++) {
      watched.push({ member: await this.harness.join({ name: 'a' }), sizes: [], partials: [], exactAt: new Map() })
    }
    for (let i = 0; i < WARM_UP_SECONDS * SNAPSHOTS_PER_SECOND; i++) this.step(watched, false)
    for (let i = 0; i < seconds * SNAPSHOTS_PER_SECOND; i++) this.step(watched, true)
  }

  private step(watched: readonly Watched[], isMeasured: boolean): void {
    this.harness.snapshot()
    this.snapshots++
    this.truths = this.takeTruths()
    for (const one of watched) {
      one.member.ack()
      this.weigh(one, isMeasured)
      this.compare(one, isMeasured)
    }
  }

  private takeTruths(): Map<number, Int32Array> {
    const truths = new Map<number, Int32Array>()
    for (const record of this.harness.room.core.world.table) truths.set(record.id, truthOf(record))
    return truths
  }

  private weigh({ member, sizes, partials }: Watched, isMeasured: boolean): void {
    const told = member.link.told.at(-1)!
    sizes.push(told.bytes)
    partials.push(told.header.isPartial)
    if (sizes.length > SNAPSHOTS_PER_SECOND) {
      sizes.shift()
      partials.shift()
    }
    if (!isMeasured) return
    this.bytes += told.bytes
    for (const { kind } of member.link.replica.entities.values()) if (kind.name === 'ship') this.updates++
    const off = sizes.reduce((sum, size) => sum + size, 0) / this.bytesPerSecond - 1
    this.worstOver = Math.max(this.worstOver, off)
    if (partials.every(Boolean)) this.worstUnder = Math.max(this.worstUnder, -off)
  }

  /** Holds what a client shows of its view against the truth. */
  private compare(one: Watched, isMeasured: boolean): void {
    const { core } = this.harness.room
    const view = core.seats.at(one.member.seat)!.view as Circle
    const known = new Map<number, number>()
    const inView: { readonly distance: number; readonly age: number }[] = []
    for (const record of core.world.table) {
      const distance = Math.hypot(Number(record.fields['x']) - view.x, Number(record.fields['y']) - view.y)
      if (!(distance < view.radius - 1)) continue
      const exactAt = this.isExact(one, record) ? this.snapshots : (one.exactAt.get(record.id) ?? this.snapshots - 1)
      known.set(record.id, exactAt)
      inView.push({ distance, age: this.snapshots - exactAt })
    }
    one.exactAt = known
    if (!isMeasured) return
    inView.sort((a, b) => a.distance - b.distance)
    for (const [i, { age }] of inView.entries()) {
      this.maxAge = Math.max(this.maxAge, age)
      if (i < NEAREST) this.nearestMaxAge = Math.max(this.nearestMaxAge, age)
    }
  }

  private isExact({ member }: Watched, { id, slot, kind }: EntityRecord): boolean {
    const { replica, tick } = member.link
    const held = replica.entities.get(slot)
    if (held?.id !== id) return false
    replica.rowAt(held, tick, this.row)
    const truth = this.truths.get(id)!
    const { start, columns } = kind.tracks.all
    for (let i = start; i < start + columns.length; i++) if (this.row[i] !== truth[i]) return false
    return true
  }
}

function truthOf({ kind, fields, head }: EntityRecord): Int32Array {
  const row = new Int32Array(kind.columns.length)
  quantise(
    kind,
    fields,
    row,
    () => 0,
    () => undefined,
  )
  row[kind.ownerColumn] = head.owner === null ? 0 : head.owner + 1
  return row
}
