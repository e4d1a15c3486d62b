import type { DecodedMessage, EntityChange } from '@tickwire/sdk/internal'

/** A message, and where and when it was heard. */
export interface Heard {
  readonly atMs: number
  /** Counts from 1. */
  readonly connection: number
  readonly message: DecodedMessage
}

const ARROWS = { up: '->', down: '<-' } as const
const SIGNS = { enter: '+', update: '~', leave: '-' } as const
const DECIMALS = 1000

/** For people: a line for the message, and one for each entity and event that a snapshot tells of. */
export function toText({ atMs, connection, message }: Heard): string {
  const { direction, type, channel, name, bytes, says, payload, changes, events } = message
  const where = channel === null ? `#${connection}` : `#${connection}/${channel}`
  const head = [(atMs / 1000).toFixed(3), where, ARROWS[direction], type, name, `${bytes} B`]
  const parts = [...head, ...pairs(says), ...(typeof payload === 'string' ? [payload] : pairs(payload ?? {}))]
  const entities = changes.map((change) => `    ${entityText(change)}`)
  const told = events.map((event) => `    ! ${[event.name, `tick=${event.tick}`, ...pairs(event.fields)].join(' ')}`)
  return [parts.filter((part) => part !== null).join(' '), ...entities, ...told].join('\n')
}

/** For machines: one object, and bytes within it as hex. */
export function toJson({ atMs, connection, message }: Heard): string {
  return JSON.stringify(
    { at: Math.round(atMs * DECIMALS) / DECIMALS, connection, ...message },
    (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value),
  )
}

/** A packet's bytes, 32 in a line. */
export function toHex(packet: Uint8Array): string {
  const hex = Buffer.from(packet).toString('hex')
  return (hex.match(/.{1,64}/g) ?? []).map((line) => `    ${line.replaceAll(/(.{8})(?=.)/g, '$1 ')}`).join('\n')
}

function entityText({ change, kind, id, owner, fields }: EntityChange): string {
  const whose = owner === null ? [] : [`owner=${owner}`]
  return [SIGNS[change], kind, id, ...(change === 'enter' ? whose : []), ...pairs(fields)].join(' ')
}

function pairs(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${valueText(value)}`)
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * DECIMALS) / DECIMALS)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex') || '""'
  if (Array.isArray(value)) return `[${value.map(valueText).join(' ')}]`
  if (typeof value === 'object' && value !== null) return `{${pairs(value as Record<string, unknown>).join(' ')}}`
  return JSON.stringify(value) ?? 'undefined'
}
