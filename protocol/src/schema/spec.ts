/**
 * What a field is at run time: plain data, so that a schema can be hashed, described to the other end and interpreted by
 * the codec without knowing its TypeScript type.
 */
export type FieldSpec =
  | { readonly kind: 'bool' }
  | { readonly kind: 'press' }
  | { readonly kind: 'uint'; readonly max: number }
  | { readonly kind: 'int'; readonly min: number; readonly max: number }
  | { readonly kind: 'fixed'; readonly min: number; readonly max: number; readonly precision: number }
  | { readonly kind: 'angle'; readonly bits: number }
  | { readonly kind: 'f32' }
  | { readonly kind: 'vec2'; readonly min: number; readonly max: number; readonly precision: number }
  | { readonly kind: 'vec3'; readonly min: number; readonly max: number; readonly precision: number }
  | { readonly kind: 'quaternion'; readonly bits: number }
  | { readonly kind: 'text'; readonly maxBytes: number }
  | { readonly kind: 'bytes'; readonly maxBytes: number }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  | { readonly kind: 'tick' }
  | { readonly kind: 'seat' }
  | { readonly kind: 'entity' }
  | { readonly kind: 'list'; readonly of: FieldSpec; readonly maxItems: number }
  | { readonly kind: 'packed'; readonly maxBytes: number }

export type FieldKind = FieldSpec['kind']

/** Fields of variable length, which have no integer columns of their own. */
export function isBlob(spec: FieldSpec): boolean {
  return spec.kind === 'text' || spec.kind === 'bytes' || spec.kind === 'list' || spec.kind === 'packed'
}

/** Who may see a field of an entity or of a player. Whoever may not, never has it in its bytes. */
export type Audience = 'all' | 'owner' | 'team' | 'revealed' | 'nobody'

export interface Vec2 {
  x: number
  y: number
}
export interface Vec3 {
  x: number
  y: number
  z: number
}
export interface Quaternion {
  x: number
  y: number
  z: number
  w: number
}

/** A free-form validator in the shape of https://standardschema.dev (zod, valibot, arktype and others have it). */
export interface StandardSchema<T = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>
    readonly types?: { readonly input: unknown; readonly output: T } | undefined
  }
}
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }
