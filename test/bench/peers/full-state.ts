import { Packr, Unpackr } from 'msgpackr'
import type { Held, Peer, PeerReader, PeerView } from './peer.ts'
import { tellViews } from './tell-views.ts'

type Named = Record<string, number | string> & { readonly id: number; readonly kind: string }

/** The whole state, with names; msgpackr tells the names of equal objects once per message. */
export function fullState(): Peer {
  const packr = new Packr({ useRecords: true })
  const pack = ({ visible }: PeerView): Uint8Array =>
    packr.pack(
      [...visible].map(({ id, kind, values }): Named => {
        const named = kind.fields.map(({ name }, i): [string, number] => [name, values[i]!])
        return { id, kind: kind.name, ...Object.fromEntries(named) }
      }),
    )
  return { name: 'msgpackrFull', idOf: ({ id }) => id, encode: (tick, tell) => tellViews(tick, tell, pack) }
}

export function fullStateReader(): PeerReader {
  const unpackr = new Unpackr({ useRecords: true })
  let state: readonly Named[] = []
  return {
    read: (message) => {
      state = unpackr.unpack(message) as Named[]
    },
    held: () => state.map((one): Held => ({ id: one.id, kind: one.kind, fields: one as Held['fields'] })),
  }
}
