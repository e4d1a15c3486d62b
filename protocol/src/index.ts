/**
 * What a game declares and what both ends agree on. This is the public door; `@tickwire/protocol/internal` is for the
 * sibling packages.
 */
export { defineGame, defineSimulation, entity } from './schema/define.ts'
export type {
  EntityDef,
  EntityOptions,
  FarOptions,
  Game,
  GameDefinition,
  GameSchema,
  GameTypesOf,
  MessageDef,
  OthersStand,
  RequestDef,
  SimulationOptions,
  TypedSchema,
  TypesOf,
} from './schema/define.ts'
export { field } from './schema/field.ts'
export type { Field, FieldMap, ValueOf } from './schema/field.ts'
export type { Audience, Quaternion, StandardSchema, Vec2, Vec3 } from './schema/spec.ts'
export type {
  AllFields,
  EntityHead,
  EntityTypes,
  EntityView,
  EventOf,
  GameTypes,
  KindOf,
  PlayerFields,
  Show,
  SimEntity,
  RequestsTo,
  RequestTypes,
  ToClient,
  ToServer,
} from './schema/types.ts'
export type { EmitOptions, Owner, Place, SimWorld, SpawnFields, SpawnOptions } from './sim/world.ts'
export { atan2, cos, hypot, sin, wrapAngle } from './sim/math.ts'
export { Random } from './sim/random.ts'
export { ConfigError, DecodeError, RefusedError, SchemaMismatchError, TickwireError } from './errors.ts'
export { CLOSE, closeReason } from './close-codes.ts'
export { LIMITS } from './limits.ts'
export { PROTOCOL_VERSION } from './version.ts'
