import { layoutOf, quantise, valueOf } from '@tickwire/protocol/internal'
import type { FieldLayout, KindLayout } from '@tickwire/protocol/internal'
import type { LivingBody } from '../net/views.ts'
import type { BenchWorld, Circle, MovingWorld, WorldHost } from '../worlds/bench-world.ts'
import type { Body } from '../worlds/flying.ts'
import type { PeerTick, PeerView, Standing } from './peer.ts'

const MAX_COLUMNS = 64
const SLOTS = 0x1_0000
/** An area is left later than it is entered, as it is with ours. */
const LEAVE_FACTOR = 1.15
const NOTHING: PeerView = { visible: new Set(), entered: [], left: [] }

/** Views are judged by the quantised position. */
interface Placed extends Standing {
  x: number
  y: number
}

/**
 * A workload as any server could tell of it: what moved in each tick and who sees it, found before anybody is measured.
 * Ours finds that for itself, from the same bodies.
 */
export class PeerWorld {
  private readonly world: BenchWorld
  private readonly moving: MovingWorld
  private readonly standing: Map<Body, Placed> = new Map()
  private readonly row = new Int32Array(MAX_COLUMNS)
  private spawned: Standing[] = []
  private gone: Standing[] = []
  private views: readonly PeerView[]
  private readonly freeIds: number[] = []
  private tick = 0

  /** @param host where the bodies live */
  constructor(world: BenchWorld, host: WorldHost) {
    this.world = world
    this.views = Array.from({ length: world.clients }, () => NOTHING)
    const { kindByName } = layoutOf(world.schema)
    this.moving = world.create(
      {
        spawn: (kind, fields) => this.spawn(kindByName.get(kind)!, host.spawn(kind, fields)),
        despawn: (body) => {
          this.despawn(body)
          host.despawn(body)
        },
      },
      1,
    )
  }

  /** Which part of the entities moved in the newest tick. */
  get movedShare(): number {
    return this.moving.movedCount / this.moving.count
  }

  step(): PeerTick {
    this.tick++
    this.moving.step()
    for (const [body, one] of this.standing) this.compare(body, one)
    this.look()
    const { tick, spawned, gone, views } = this
    this.spawned = []
    this.gone = []
    return { number: tick, all: this.standing.values(), spawned, gone, views }
  }

  private spawn(kind: KindLayout, body: Body): Body {
    const id = this.freeIds.pop() ?? this.standing.size + 1
    const slot = (body as LivingBody).id % SLOTS
    const one: Placed = { id, slot, kind, values: [], changes: [], x: 0, y: 0 }
    this.standing.set(body, one)
    this.spawned.push(one)
    return body
  }

  private despawn(body: Body): void {
    const one = this.standing.get(body)!
    this.standing.delete(body)
    this.gone.push(one)
    this.freeIds.push(one.id)
  }

  private compare(body: Body, one: Placed): void {
    const { kind, values } = one
    const { fields } = kind
    quantise(
      kind,
      body,
      this.row,
      () => 0,
      () => undefined,
    )
    one.values = fields.map(({ column }) => this.row[column]!)
    one.changes = one.values.flatMap((value, i) => (value === values[i] ? [] : [i, value]))
    for (const field of fields) if (field.name === 'x' || field.name === 'y') one[field.name] = this.numberOf(field)
  }

  private numberOf(field: FieldLayout): number {
    return valueOf(field, this.row, false) as number
  }

  private look(): void {
    const isShared = this.world.viewOf(0, this.tick) === null
    if (isShared) {
      const view = this.viewFrom(null, this.views[0]!)
      this.views = this.views.map(() => view)
    } else {
      this.views = this.views.map((before, client) => this.viewFrom(this.world.viewOf(client, this.tick), before))
    }
  }

  private viewFrom(circle: Circle | null, before: PeerView): PeerView {
    const visible = new Set<Standing>()
    for (const one of this.standing.values()) {
      if (circle === null || isWithin(one, circle, before.visible.has(one))) visible.add(one)
    }
    return {
      visible,
      entered: [...visible].filter((one) => !before.visible.has(one)),
      left: [...before.visible].filter((one) => !visible.has(one)),
    }
  }
}

function isWithin(one: Placed, { x, y, radius }: Circle, wasSeen: boolean): boolean {
  return Math.hypot(one.x - x, one.y - y) <= (wasSeen ? radius * LEAVE_FACTOR : radius)
}
