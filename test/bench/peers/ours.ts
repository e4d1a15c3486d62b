import { defineSimulation } from '@tickwire/protocol'
import {
  GameCodec,
  NO_PACKER,
  readPacket,
  readServerMessage,
  readSnapshotHeader,
  replicaOf,
} from '@tickwire/protocol/internal'
import type { BitReader, HeldEntity } from '@tickwire/protocol/internal'
import { defineRoom } from '@tickwire/server'
import type { Room } from '@tickwire/server'
import type { SendResult } from '../../../server/src/transport/transport.ts'
import { FakeLink, RoomHarness } from '../../server/room/harness.ts'
import { hostOf } from '../net/bench-server.ts'
import type { arenaSchema, ArenaTypes } from '../worlds/arena-world.ts'
import type { BenchWorld, WorldHost } from '../worlds/bench-world.ts'
import type { Held, Peer, PeerReader, PeerTick, Standing, Tell } from './peer.ts'

/** A client that takes what it is sent. */
class TakingLink extends FakeLink {
  onSnapshot: (snapshot: Uint8Array) => void = () => undefined

  override flush(snapshot: Uint8Array | null): SendResult {
    if (snapshot !== null) this.onSnapshot(snapshot)
    return 'sent'
  }
}

/** A room of ours without sockets: the scan of the world, who sees what, each client's snapshot and its acknowledgement. */
export class OurPeer implements Peer {
  readonly name = 'ours'
  /** Where the bodies of the world live: ours reads them there. */
  readonly host: WorldHost
  private readonly world: BenchWorld
  private readonly harness: RoomHarness
  private readonly room: Room<ArenaTypes>
  private tell: Tell = () => undefined

  private constructor(world: BenchWorld) {
    this.world = world
    let created: Room<ArenaTypes> | null = null
    // The worlds differ in their kinds only, which this file does not name.
    const schema: typeof arenaSchema = world.schema
    const game = defineSimulation<ArenaTypes>(schema, () => undefined)
    const type = defineRoom(game, {
      maxPlayers: world.clients,
      onCreate: (room) => {
        created = room
      },
    })
    this.harness = new RoomHarness(type)
    this.room = created!
    this.host = hostOf(this.room)
  }

  static async create(world: BenchWorld): Promise<OurPeer> {
    const peer = new OurPeer(world)
    for (let i = 0; i < world.clients; i++) {
      const link = new TakingLink(peer.harness.codec, `user${i}`)
      link.onSnapshot = (snapshot) => peer.tell(i, snapshot)
      await peer.harness.join({ name: `bot${i}` }, link)
    }
    return peer
  }

  idOf({ slot }: Standing): number {
    return slot
  }

  encode({ number }: PeerTick, tell: Tell): void {
    const { harness, world } = this
    const { core } = harness.room
    this.tell = tell
    core.world.tick = number
    for (const player of this.room.players.values()) player.view = world.viewOf(player.id, number)
    core.replication.advance(number)
    core.sender.beginTick()
    for (const seat of core.seats) core.sender.send(seat)
    for (const { id } of core.seats) harness.room.receiveSnapshotAck(id, number & 0xffff, harness.clock.nowMs())
  }
}

export function ourReader({ schema }: BenchWorld): PeerReader {
  const { layout } = new GameCodec(schema, NO_PACKER)
  const replica = replicaOf(layout, NO_PACKER)
  const row = new Int32Array(layout.maxColumns)
  let last = { seq: 0, tick: 0 }
  const snapshot = (bits: BitReader): void => {
    const header = readSnapshotHeader(bits, 1, last, schema.ticksPerSnapshot)
    last = header
    replica.begin()
    replica.readPublic(bits, header)
    replica.readTrack(bits, 'owner', last.tick)
    replica.readTrack(bits, 'revealed', last.tick)
    replica.commit()
  }
  const heldAs = (entity: HeldEntity): Held => {
    const { slot, kind } = entity
    replica.rowAt(entity, last.tick, row)
    return { id: slot, kind: kind.name, fields: Object.fromEntries(kind.fields.map((f) => [f.name, row[f.column]!])) }
  }
  return {
    read: (packet) =>
      readPacket(packet, (id, reader) => {
        const message = readServerMessage(id, reader)
        if (message.type === 'snapshot') snapshot(message.bits)
      }),
    held: () => [...replica.entities.values()].filter(({ kind }) => kind.name in schema.entities).map(heldAs),
  }
}
