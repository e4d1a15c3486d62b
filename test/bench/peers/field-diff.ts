import { layoutOf } from '@tickwire/protocol/internal'
import { Packr, Unpackr } from 'msgpackr'
import type { BenchWorld } from '../worlds/bench-world.ts'
import type { Held, Peer, PeerReader, PeerView } from './peer.ts'
import { tellViews } from './tell-views.ts'

/** Flat, as `changes` are: an id and what changed; an id, the number of a kind and the values; ids that are gone. */
type Diff = readonly [updates: (number | number[])[], news: (number | number[])[], gone: number[]]

/** The fields that changed of what is known, all of what is new, and the ids of what is gone: no schema, no prediction. */
export function fieldDiff(): Peer {
  const packr = new Packr()
  const pack = ({ visible, entered, left }: PeerView): Uint8Array => {
    const news = new Set(entered)
    const updates = [...visible].filter((one) => one.changes.length > 0 && !news.has(one))
    return packr.pack([
      updates.flatMap(({ id, changes }) => [id, changes]),
      entered.flatMap(({ id, kind, values }) => [id, kind.index, values]),
      left.map(({ id }) => id),
    ])
  }
  return { name: 'fieldDiff', idOf: ({ id }) => id, encode: (tick, tell) => tellViews(tick, tell, pack) }
}

export function fieldDiffReader({ schema }: BenchWorld): PeerReader {
  const { kinds } = layoutOf(schema)
  const unpackr = new Unpackr()
  const state = new Map<number, { readonly kind: number; readonly values: number[] }>()
  return {
    read: (message) => {
      const [updates, news, gone] = unpackr.unpack(message) as Diff
      // First: an id that was given back may be taken again in the same tick.
      for (const id of gone) state.delete(id)
      for (let i = 0; i < news.length; i += 3) {
        state.set(news[i] as number, { kind: news[i + 1] as number, values: news[i + 2] as number[] })
      }
      for (let i = 0; i < updates.length; i += 2) {
        const { values } = state.get(updates[i] as number)!
        const changes = updates[i + 1] as number[]
        for (let j = 0; j < changes.length; j += 2) values[changes[j]!] = changes[j + 1]!
      }
    },
    held: () =>
      [...state].map(([id, one]): Held => {
        const { name, fields } = kinds[one.kind]!
        return { id, kind: name, fields: Object.fromEntries(fields.map((field, i) => [field.name, one.values[i]!])) }
      }),
  }
}
