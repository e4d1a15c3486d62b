// A world of plain lists: as little as the simulation of the demo needs, so that a rule can be tested without a room.
import type { EventOf, Owner, Place, SimEntity, SpawnFields } from '@tickwire/protocol'
import type { Arena, ArenaWorld, Bullet, Ship } from '../../demo/shared/schema.ts'
import { arena } from '../../demo/shared/simulate.ts'

type Kind = 'ship' | 'bullet' | 'pickUp'

const NEUTRAL: Arena['input'] = { thrust: false, turn: 0, fire: false, firing: false, laser: false }
const SHIP: Omit<Ship, 'id'> = {
  kind: 'ship',
  owner: null,
  x: 0,
  y: 0,
  vx: 0,
  vy: 0,
  angle: 0,
  team: 'azure',
  thrusting: false,
  hp: 100,
  shield: 0,
  safeUntil: 0,
  gunReadyAt: 0,
  laserReadyAt: 0,
  spreadUntil: 0,
  laserAt: 0,
  hitBy: null,
}
const BULLET: Omit<Bullet, 'id'> = { kind: 'bullet', owner: null, team: 'azure', x: 0, y: 0, vx: 0, vy: 0, diesAt: 0 }

export class FakeWorld implements ArenaWorld {
  tick = 0
  readonly dt: number = 1 / arena.schema.tickRateHz
  readonly isReplay = false
  readonly options: Arena['options'] = { ships: 0, points: 25 }
  readonly state: Arena['state'] = { phase: 'playing', endsAt: 9999, azure: 0, amber: 0, winner: 'nobody' }
  readonly authority: boolean
  /** What has been emitted, in order. */
  readonly events: { readonly name: EventOf<Arena>; readonly payload: object }[] = []
  /** Input per seat, repeated on every tick. */
  readonly inputs = new Map<number, Partial<Arena['input']>>()
  private readonly entities = new Map<number, Ship | Bullet>()
  private lastId = 0

  constructor({ authority = true }: { authority?: boolean } = {}) {
    this.authority = authority
  }

  /** Runs `ticks` steps of the simulation. */
  run(ticks: number): void {
    for (let step = 0; step < ticks; step++) {
      this.tick++
      arena.simulate(this)
    }
  }

  all<K extends Kind>(kind: K): SimEntity<Arena, K>[] {
    return this.of(kind)
  }

  get<K extends Kind>(kind: K, id: number | null): SimEntity<Arena, K> | undefined {
    return this.of(kind).find((entity) => entity.id === id)
  }

  near<K extends Kind>(kind: K, at: Place, radius: number): SimEntity<Arena, K>[] {
    const away = (entity: Place): number => Math.hypot(entity.x - at.x, entity.y - at.y)
    const found = [...this.entities.values()].filter((entity) => entity.kind === kind && away(entity) <= radius)
    return found.toSorted((a, b) => away(a) - away(b)) as unknown as SimEntity<Arena, K>[]
  }

  spawn<K extends Kind>(
    kind: K,
    fields: SpawnFields<Arena['entities'][K]>,
    { owner = null }: { readonly owner?: Owner } = {},
  ): SimEntity<Arena, K> {
    const id = ++this.lastId
    const seat = typeof owner === 'number' ? owner : (owner?.id ?? null)
    const made = { ...(kind === 'ship' ? SHIP : BULLET), ...fields, id, owner: seat }
    this.entities.set(id, made)
    return made as unknown as SimEntity<Arena, K>
  }

  despawn({ id }: { readonly id: number }): void {
    this.entities.delete(id)
  }

  emit(name: EventOf<Arena>, payload: object): void {
    this.events.push({ name, payload })
  }

  inputOf(of: { readonly owner: number | null } | number): Readonly<Arena['input']> {
    const seat = typeof of === 'number' ? of : of.owner
    return { ...NEUTRAL, ...(seat === null ? {} : this.inputs.get(seat)) }
  }

  teleport(): void {}

  random(): number {
    return 0.5
  }

  private of<K extends Kind>(kind: K): SimEntity<Arena, K>[] {
    return [...this.entities.values()].filter((entity) => entity.kind === kind) as unknown as SimEntity<Arena, K>[]
  }
}
