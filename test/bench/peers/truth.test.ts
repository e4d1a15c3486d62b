import { beforeAll, describe, expect, it } from 'vitest'
import { WORLDS } from '../worlds/index.ts'
import { ColyseusPeer } from './colyseus.ts'
import { fieldDiff } from './field-diff.ts'
import { fullState } from './full-state.ts'
import { OurPeer } from './ours.ts'
import type { Peer, PeerTick } from './peer.ts'
import { PeerWorld } from './peer-world.ts'
import { READERS } from './readers.ts'
import { wrongEntities } from './truth.ts'

const TICKS = 60
const CLIENTS = 3

interface Told {
  readonly peer: Peer
  readonly messages: Uint8Array[][]
}

describe.each(['arena', 'idle', 'interest'] as const)('what others send of %s', (name) => {
  const world = { ...WORLDS[name], clients: CLIENTS }
  const told: Told[] = []
  let last: PeerTick

  beforeAll(async () => {
    const ours = await OurPeer.create(world)
    const played = new PeerWorld(world, ours.host)
    for (const peer of [ours, new ColyseusPeer(world), fieldDiff(), fullState()]) {
      told.push({ peer, messages: Array.from({ length: CLIENTS }, () => []) })
    }
    for (let i = 0; i < TICKS; i++) {
      last = played.step()
      for (const { peer, messages } of told) peer.encode(last, (client, bytes) => messages[client]!.push(bytes.slice()))
    }
  })

  function wrongOf({ peer, messages }: Told, client: number, missed: number): number {
    const reader = READERS[peer.name](world)
    for (const message of messages[client]!.slice(0, TICKS - missed)) reader.read(message)
    return wrongEntities(peer, reader.held(), last.views[client]!.visible)
  }

  it('leaves every client with what its view holds', () => {
    for (const one of told) {
      for (let client = 0; client < CLIENTS; client++) expect(wrongOf(one, client, 0), one.peer.name).toBe(0)
    }
  })

  it('is found wrong when the last message is missing', () => {
    for (const one of told) expect(wrongOf(one, 0, 1), one.peer.name).toBeGreaterThan(0)
  })
})
