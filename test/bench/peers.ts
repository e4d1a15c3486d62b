import { layoutOf, quantise } from '@tickwire/protocol/internal'
import type { FieldLayout, KindLayout } from '@tickwire/protocol/internal'
import { Packr } from 'msgpackr'
import type { Figure } from './report.ts'
import type { BenchWorld, MovingWorld } from './worlds/bench-world.ts'
import type { Body } from './worlds/flying.ts'

const WARM_UP_TICKS = 100
const TICKS = 100
const MAX_COLUMNS = 64

/** One entity as others would send it: quantised integers, so that nobody pays for digits that ours does not send. */
interface Standing {
  readonly id: number
  readonly kind: KindLayout
  readonly fields: readonly FieldLayout[]
  readonly body: Body
  values: number[]
  /** What changed since the tick before: the number of a field's name, its value, and so on. */
  changes: number[]
}

/** What one client is sent at a tick. */
type Encode = (visible: readonly Standing[], known: ReadonlySet<Standing>) => Uint8Array

/** The whole state, with names; msgpackr tells the names of equal objects once per message. */
function fullState(): Encode {
  const packr = new Packr({ useRecords: true })
  return (visible) =>
    packr.pack(
      visible.map(({ id, kind, fields, values }) => {
        const named = fields.map(({ name }, i): [string, number] => [name, values[i]!])
        return { id, kind: kind.name, ...Object.fromEntries(named) }
      }),
    )
}

/** The fields that changed of what is known, all of what is new, and the ids of what is gone: no schema, no prediction. */
function fieldDiff(): Encode {
  const packr = new Packr()
  return (visible, known) => {
    const seen = new Set(visible)
    const updates = visible.filter((one) => known.has(one) && one.changes.length > 0)
    const news = visible.filter((one) => !known.has(one))
    return packr.pack([
      updates.flatMap(({ id, changes }) => [id, changes]),
      news.flatMap(({ id, kind, values }) => [id, kind.index, values]),
      [...known].filter((one) => !seen.has(one)).map(({ id }) => id),
    ])
  }
}

/** A workload without a server. */
class PeerWorld {
  readonly moving: MovingWorld
  readonly standing: Map<Body, Standing> = new Map()
  private readonly world: BenchWorld
  private readonly row = new Int32Array(MAX_COLUMNS)
  private lastId = 0

  constructor(world: BenchWorld) {
    this.world = world
    const { kindByName } = layoutOf(world.schema)
    this.moving = world.create(
      {
        spawn: (kind, fields) => this.spawn(kindByName.get(kind)!, { ...fields }),
        despawn: (body) => this.standing.delete(body),
      },
      1,
    )
  }

  step(): void {
    this.moving.step()
    for (const one of this.standing.values()) this.compare(one)
  }

  visibleTo(client: number, tick: number): readonly Standing[] {
    const all = [...this.standing.values()]
    const view = this.world.viewOf(client, tick)
    if (view === null) return all
    return all.filter(({ body }) => Math.hypot(body.x - view.x, body.y - view.y) <= view.radius)
  }

  private spawn(kind: KindLayout, body: Body): Body {
    const fields = kind.fields.filter(({ column }) => column >= 0)
    this.standing.set(body, { id: ++this.lastId, kind, fields, body, values: [], changes: [] })
    return body
  }

  private compare(one: Standing): void {
    const { kind, body, fields, values } = one
    quantise(
      kind,
      body,
      this.row,
      () => 0,
      () => undefined,
    )
    one.values = fields.map(({ column }) => this.row[column]!)
    one.changes = one.values.flatMap((value, i) => (value === values[i] ? [] : [i, value]))
  }
}

/**
 * What others would send of the same world, message bytes alone, and the CPU time of encoding it per client and snapshot, alone
 * too: no socket, no inputs. What all see is encoded once.
 */
export function peerFigures(world: BenchWorld): Figure[] {
  return [...figuresOf('msgpackrFull', world, fullState()), ...figuresOf('fieldDiff', world, fieldDiff())]
}

function figuresOf(name: string, world: BenchWorld, encode: Encode): Figure[] {
  const peers = new PeerWorld(world)
  const isShared = world.viewOf(0, 0) === null
  const clients = isShared ? 1 : world.clients
  const known: Set<Standing>[] = Array.from({ length: clients }, () => new Set())
  let [bytes, updates, cpuUs] = [0, 0, 0]
  for (let tick = 0; tick < WARM_UP_TICKS + TICKS; tick++) {
    peers.step()
    if (tick === WARM_UP_TICKS) bytes = updates = cpuUs = 0
    for (let client = 0; client < clients; client++) {
      const visible = peers.visibleTo(client, tick)
      const cpu = process.cpuUsage()
      bytes += encode(visible, known[client]!).length
      const { user, system } = process.cpuUsage(cpu)
      cpuUs += user + system
      updates += (visible.length * peers.moving.movedCount) / peers.moving.count
      known[client] = new Set(visible)
    }
  }
  const perSnapshotUs = cpuUs / (TICKS * world.clients)
  return [
    { name: `peers.${name}.bytesPerUpdate`, value: bytes / updates, unit: 'B', must: '' },
    { name: `peers.${name}.encodeUsPerSnapshot`, value: perSnapshotUs, unit: 'us', must: '' },
  ]
}
