import type { DecodedMessage } from './decode.ts'
import { formatFields, formatId, formatValue } from './format.ts'
import { shownKind } from './snapshot-bits.ts'

/** What a message is, in a word or two. */
export function titleOf({ type, name }: DecodedMessage): string {
  return name === null ? type : `${type} ${name}`
}

/** What it says, on one line: the news first. */
export function summarise(message: DecodedMessage): string {
  const { says, payload, events } = message
  const parts = [
    payload === null ? '' : formatValue(payload),
    changesOf(message),
    events.map(({ name, fields }) => `${name}! ${formatFields(fields)}`).join(', '),
    formatFields(brief(says)),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** All of it, on many lines. */
export function describe(message: DecodedMessage): string {
  const { says, payload, changes, events, channel } = message
  const { inputs, ...rest } = says
  const lines = [
    titleOf(message),
    ...(channel === null ? [] : [`channel ${channel}`]),
    ...Object.entries(rest).map(([name, value]) => `${name} ${formatValue(value)}`),
    ...(Array.isArray(inputs) ? inputs.map((input: object) => `input ${formatFields(input)}`) : []),
    ...(payload === null ? [] : [`payload ${formatValue(payload)}`]),
    ...changes.map(({ change, kind, id, fields }) =>
      `${change} ${shownKind(kind)} ${formatId(id)}  ${formatFields(fields)}`.trimEnd(),
    ),
    ...events.map(({ name, tick, fields }) => `event ${name} of tick ${tick}  ${formatFields(fields)}`),
  ]
  return lines.join('\n')
}

/** Without what is as always; of inputs the newest, for the others are like it. */
function brief({ inputs, ...says }: DecodedMessage['says']): object {
  const newest = Array.isArray(inputs) ? (inputs.at(-1) as { tick: number; fields: object }) : null
  const all = newest === null ? says : { tick: newest.tick, ...newest.fields, ...says }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== false && value !== null && value !== 0))
}

function changesOf({ changes }: DecodedMessage): string {
  const counts = new Map<string, number>()
  for (const { change, kind } of changes) {
    const what = change === 'update' ? shownKind(kind) : `${shownKind(kind)} ${change}s`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => (count === 1 ? what : `${what} ×${count}`)).join(', ')
}
