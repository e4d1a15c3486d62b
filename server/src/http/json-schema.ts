import type { GameSchema } from '@tickwire/protocol'

type Fields = GameSchema['join']
type Spec = Fields[string]['spec']
export type JsonSchema = Readonly<Record<string, unknown>>

/** A section of a game's schema as JSON Schema, for the OpenAPI document. */
export function jsonSchemaOf(fields: Fields): JsonSchema {
  const properties = Object.entries(fields).map(([name, { spec }]) => [name, specSchema(spec)])
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false }
}

function specSchema(spec: Spec): JsonSchema {
  switch (spec.kind) {
    case 'bool':
    case 'press':
      return { type: 'boolean' }
    case 'uint':
      return { type: 'integer', minimum: 0, maximum: spec.max }
    case 'int':
      return { type: 'integer', minimum: spec.min, maximum: spec.max }
    case 'fixed':
      return { type: 'number', minimum: spec.min, exclusiveMaximum: spec.max, multipleOf: spec.precision }
    case 'angle':
      return { type: 'number', minimum: -Math.PI, exclusiveMaximum: Math.PI }
    case 'f32':
      return { type: 'number' }
    case 'vec2':
    case 'vec3':
    case 'quaternion':
      return vectorSchema(spec)
    case 'text':
      return { type: 'string', maxLength: spec.maxBytes }
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64', maxLength: Math.ceil(spec.maxBytes / 3) * 4 }
    case 'oneOf':
      return { enum: spec.values }
    case 'tick':
      return { type: 'integer', minimum: 0 }
    case 'seat':
    case 'entity':
      return { type: ['integer', 'null'], minimum: 0 }
    case 'list':
      return { type: 'array', items: specSchema(spec.of), maxItems: spec.maxItems }
    default:
      // Free-form: its validator belongs to the game, and no document can show it.
      return {}
  }
}

const AXES = { vec2: 'xy', vec3: 'xyz', quaternion: 'xyzw' } as const

function vectorSchema(spec: Extract<Spec, { kind: keyof typeof AXES }>): JsonSchema {
  const range =
    spec.kind === 'quaternion' ? { minimum: -1, maximum: 1 } : { minimum: spec.min, exclusiveMaximum: spec.max }
  const axes = Array.from(AXES[spec.kind])
  return {
    type: 'object',
    properties: Object.fromEntries(axes.map((axis) => [axis, { type: 'number', ...range }])),
    required: axes,
  }
}
