import type { DecodedMessage } from '@tickwire/sdk/internal'

/** What of a message is shown; null: nothing. */
export type Filter = (message: DecodedMessage) => DecodedMessage | null

/**
 * Words with commas between them: a message passes by its direction (`up`, `down`), its type (`snapshot`), its name
 * (`chat`), or by the kind of an entity or the name of an event that it tells of, and then only those are shown. `-ping` leaves out.
 */
export function parseFilter(text: string): Filter {
  const words = text.split(',').map((word) => word.trim())
  const wanted = new Set(words.filter((word) => word !== '' && !word.startsWith('-')))
  const unwanted = new Set(words.filter((word) => word.startsWith('-')).map((word) => word.slice(1)))
  return (message) => {
    if (namesOf(message).some((name) => unwanted.has(name))) return null
    const changes = message.changes.filter(({ kind }) => !unwanted.has(kind))
    const events = message.events.filter(({ name }) => !unwanted.has(name))
    if (wanted.size === 0 || namesOf(message).some((name) => wanted.has(name))) return { ...message, changes, events }
    const some = {
      changes: changes.filter(({ kind }) => wanted.has(kind)),
      events: events.filter(({ name }) => wanted.has(name)),
    }
    return some.changes.length + some.events.length > 0 ? { ...message, ...some } : null
  }
}

/** All filters, one behind the other. */
export function chain(filters: readonly Filter[]): Filter {
  return (message) => filters.reduce<DecodedMessage | null>((left, filter) => left && filter(left), message)
}

function namesOf({ direction, type, name }: DecodedMessage): string[] {
  return name === null ? [direction, type] : [direction, type, name]
}
