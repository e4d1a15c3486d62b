import { schema, t } from '@colyseus/schema'
import type { SchemaType } from '@colyseus/schema'
import type { BenchWorld } from '../worlds/bench-world.ts'
import type { Held } from './peer.ts'

/**
 * The worlds of the benchmarks as the state of a Colyseus room: maps of entities by id, each field in the smallest type that
 * holds our quantised integers (its own `t.quantized` takes as many bytes). Where clients see circles the maps are tagged, so
 * that each of them is sent what its `StateView` holds.
 */
const bodyFields = { x: t.uint16(), y: t.uint16(), vx: t.int16(), vy: t.int16(), angle: t.uint8() }
export const Ship = schema({ ...bodyFields, hp: t.uint8(), score: t.uint16() }, 'Ship')
export const Bullet = schema(bodyFields, 'Bullet')
const OpenState = schema({ ships: t.map(Ship), bullets: t.map(Bullet) }, 'OpenState')
const ViewedState = schema({ ships: t.map(Ship).view(), bullets: t.map(Bullet).view() }, 'ViewedState')

export type ColyseusEntity = SchemaType<typeof Ship> | SchemaType<typeof Bullet>
export type ColyseusState = SchemaType<typeof OpenState> | SchemaType<typeof ViewedState>

export const hasViews = (world: BenchWorld): boolean => world.viewOf(0, 0) !== null

export const stateOf = (world: BenchWorld): ColyseusState => (hasViews(world) ? new ViewedState() : new OpenState())

export function heldOf({ ships, bullets }: ColyseusState): Held[] {
  return [
    ...[...ships.entries()].map(([id, one]) => ({ kind: 'ship', id: Number(id), fields: one.toJSON() })),
    ...[...bullets.entries()].map(([id, one]) => ({ kind: 'bullet', id: Number(id), fields: one.toJSON() })),
  ]
}
