import type { SchemaType, StateView } from '@colyseus/schema'
import { Bullet, Ship } from './colyseus-state.ts'
import type { ColyseusEntity, ColyseusState } from './colyseus-state.ts'
import type { Standing } from './peer.ts'

/** Keeps a state where a world is, by what a game would assign: no field that did not change. */
export class ColyseusWriter {
  private readonly state: ColyseusState
  private readonly entities: Map<Standing, ColyseusEntity> = new Map()

  constructor(state: ColyseusState) {
    this.state = state
  }

  add(one: Standing): void {
    const entity = one.kind.name === 'ship' ? new Ship() : new Bullet()
    for (const [i, { name }] of one.kind.fields.entries()) assign(entity, name, one.values[i]!)
    this.entities.set(one, entity)
    if (entity instanceof Ship) this.state.ships.set(String(one.id), entity)
    else this.state.bullets.set(String(one.id), entity)
  }

  remove(one: Standing): void {
    this.entities.delete(one)
    const map = one.kind.name === 'ship' ? this.state.ships : this.state.bullets
    map.delete(String(one.id))
  }

  change(one: Standing): void {
    const entity = this.entities.get(one)!
    const { changes, kind } = one
    for (let i = 0; i < changes.length; i += 2) assign(entity, kind.fields[changes[i]!]!.name, changes[i + 1]!)
  }

  show(view: StateView, one: Standing): void {
    view.add(this.entities.get(one)!)
  }

  hide(view: StateView, one: Standing): void {
    view.remove(this.entities.get(one)!)
  }
}

/** Written out, as a game's code is: the engine compiles a property that it knows better than one that it looks up. */
function assign(entity: ColyseusEntity, field: string, value: number): void {
  // The steps at both ends of the world are one place; an unsigned field of 16 bits holds 65 536 of the 65 537.
  if (field === 'x') entity.x = value & 0xffff
  else if (field === 'y') entity.y = value & 0xffff
  else if (field === 'vx') entity.vx = value
  else if (field === 'vy') entity.vy = value
  else if (field === 'angle') entity.angle = value
  else if (field === 'hp') (entity as SchemaType<typeof Ship>).hp = value
  else if (field === 'score') (entity as SchemaType<typeof Ship>).score = value
  else throw new Error(`no field of the state: ${field}`)
}
