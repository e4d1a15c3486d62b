import { assertNever } from '../errors.ts'
import { hashText } from '../hash.ts'
import type { EntityOptions, GameSchema } from './define.ts'
import type { FieldMap } from './field.ts'

/** The sections of a schema, each hashed by itself, so that a mismatch names what differs. */
export const SECTIONS = [
  'rates',
  'join',
  'state',
  'player',
  'entities',
  'input',
  'events',
  'messages',
  'requests',
  'options',
  'metadata',
  'profile',
] as const
export type SectionName = (typeof SECTIONS)[number]

/** One line per field: `ship.hp uint max=100 all`. What both ends compare, and what an error quotes. */
export function describeSection(schema: GameSchema, section: SectionName): string[] {
  switch (section) {
    case 'rates':
      return [
        `tickRateHz ${schema.tickRateHz}`,
        `snapshotRateHz ${schema.snapshotRateHz}`,
        ...(schema.compression === 'packed' ? [] : [`compression ${schema.compression}`]),
      ]
    case 'join':
    case 'state':
    case 'player':
    case 'input':
    case 'options':
    case 'metadata':
    case 'profile':
      return describeFields('', schema[section])
    case 'entities':
      return Object.entries(schema.entities).flatMap(([kind, { fields, options }]) => [
        `${kind} ${JSON.stringify(sorted(agreed(options)))}`,
        ...describeFields(`${kind}.`, fields),
      ])
    case 'events':
      return Object.entries(schema.events).flatMap(([name, fields]) => [name, ...describeFields(`${name}.`, fields)])
    case 'messages':
      return Object.entries(schema.messages).flatMap(([name, { toServer, toClient }]) => [
        `${name}${toServer ? ' toServer' : ''}${toClient ? ' toClient' : ''}`,
        ...describeFields(`${name}.toServer.`, toServer ?? {}),
        ...describeFields(`${name}.toClient.`, toClient ?? {}),
      ])
    case 'requests':
      return Object.entries(schema.requests).flatMap(([name, { ask, reply, to }]) => [
        to === 'client' ? `${name} toClient` : name,
        ...describeFields(`${name}.ask.`, ask),
        ...describeFields(`${name}.reply.`, reply),
      ])
    default:
      return assertNever(section)
  }
}

/** Options that both ends must agree on; when and to whom it sends is the server's own affair. */
function agreed({ relevant: _relevant, priority: _priority, far: _far, ...options }: EntityOptions<FieldMap>): object {
  return options
}

function describeFields(prefix: string, fields: FieldMap): string[] {
  return Object.entries(fields).map(
    ([name, { spec, audience }]) => `${prefix}${name} ${JSON.stringify(sorted(spec))} ${audience}`,
  )
}

/** Keys in one order, so that an option written first or last means the same. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

export type SchemaHashes = readonly number[]

/** One u32 per section, in the order of `SECTIONS`. */
export function hashSections(schema: GameSchema): SchemaHashes {
  return SECTIONS.map((section) => hashText(describeSection(schema, section).join('\n')))
}

/** Of all that a list of rooms is read with. */
export function listingHash(schema: GameSchema): number {
  const sections = (['options', 'metadata', 'profile'] as const).map((section) => describeSection(schema, section))
  return hashText(sections.flat().join('\n'))
}

/** Of what is said of one queue: a server that hosts none of this name has another. */
export function queueHash({ queues }: GameSchema, queue: string): number {
  return hashText([queue, ...describeFields('', queues[queue] ?? {})].join('\n'))
}

/** The first section whose hashes differ, or null. */
export function differingSection(ours: SchemaHashes, theirs: SchemaHashes): SectionName | null {
  return SECTIONS.find((_, i) => ours[i] !== theirs[i]) ?? null
}

/** The name of the first field (or kind, message, ...) that two descriptions of one section do not share. */
export function firstDifference(ours: readonly string[], theirs: readonly string[]): string | null {
  const [ourSet, theirSet] = [new Set(ours), new Set(theirs)]
  const line =
    theirs.find((one) => !ourSet.has(one)) ?? ours.find((one) => !theirSet.has(one)) ?? reordered(ours, theirs)
  return line === undefined ? null : (line.split(' ')[0] ?? null)
}

/** The same lines in another order still make another layout. */
function reordered(ours: readonly string[], theirs: readonly string[]): string | undefined {
  return theirs.find((line, i) => line !== ours[i])
}
