import type { Held, Peer, Standing } from './peer.ts'

/** Entities that a client lacks, shows wrongly, or should not have heard of. */
export function wrongEntities(peer: Peer, held: Iterable<Held>, visible: ReadonlySet<Standing>): number {
  const due = new Map([...visible].map((one) => [peer.idOf(one), one]))
  let wrong = 0
  for (const { kind, id, fields } of held) {
    const one = due.get(id)
    due.delete(id)
    if (one?.kind.name !== kind || !isEqual(one, fields)) wrong++
  }
  return wrong + due.size
}

/** In 16 bits, which is what Colyseus' smallest fitting type holds: both ends of the world are one place. */
function isEqual({ kind, values }: Standing, held: Held['fields']): boolean {
  return kind.fields.every(({ name }, i) => ((held[name]! - values[i]!) & 0xffff) === 0)
}
