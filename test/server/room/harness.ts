import type { GameSchema } from '@tickwire/protocol'
import {
  BitReader,
  BitWriter,
  GameCodec,
  NO_PACKER,
  readPacket,
  readServerMessage,
  readSnapshotBody,
  readSnapshotHeader,
  replicaOf,
} from '@tickwire/protocol/internal'
import type {
  CallItem,
  EventFrame,
  HeldEntity,
  LatestMessage,
  LooseHead,
  Packer,
  ServerItem,
  SnapshotHeader,
  SpawnKey,
  TickInput,
  Replica,
} from '@tickwire/protocol/internal'
import type { RoomError, RoomType } from '../../../server/src/room/definition.ts'
import { NO_TERMS } from '../../../server/src/room/ports.ts'
import type { RoomTerms, SeatGrant, SeatLink } from '../../../server/src/room/ports.ts'
import { RoomMachine } from '../../../server/src/room/room.ts'
import { Scheduler } from '../../../server/src/room/scheduler.ts'
import { newTraffic } from '../../../server/src/traffic.ts'
import { LooseSnapshots } from '../../../sdk/src/loose-snapshots.ts'
import type { SendResult } from '../../../server/src/transport/transport.ts'
import { materialise } from '../../protocol/codec/materialise.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

/** One snapshot as its client read it. */
export interface Told {
  readonly header: SnapshotHeader
  readonly bytes: number
  readonly keys: readonly SpawnKey[]
  readonly events: readonly EventFrame[]
  readonly entered: readonly number[]
  readonly left: readonly number[]
}

/** What becomes of one snapshot: it comes behind the next one, or twice. */
export type Fate = 'arrives' | 'lost' | 'late' | 'twice'

/** A link with nothing behind it but a client that decodes what it is sent, with the protocol's own reader. */
export class FakeLink implements SeatLink {
  readonly userId: string
  readonly channel = 1
  replica: Replica
  told: Told[] = []
  readonly items: ServerItem[] = []
  readonly latest: Omit<LatestMessage, 'type' | 'channel'>[] = []
  /** While true, what is sent is lost: the connection is down, and the server does not know yet. */
  isCut = false
  /** The newest snapshot, or -1. */
  heldSeq = -1
  tick = 0
  /** Snapshots may be lost; asked for each one. */
  fate: (() => Fate) | null = null
  private late: Uint8Array[] = []
  private loose: LooseSnapshots
  private pending = false
  /** What its reader learns with the next packet; reliable items survive a cut. */
  private readonly tables: Extract<ServerItem, { type: 'table' }>[] = []
  private readonly codec: GameCodec

  constructor(codec: GameCodec, userId: string = 'ada') {
    this.codec = codec
    this.userId = userId
    this.replica = replicaOf(codec.layout, codec.packer)
    this.loose = this.nothingLoose()
  }

  private nothingLoose(): LooseSnapshots {
    const { codec } = this
    return new LooseSnapshots(codec, () => replicaOf(codec.layout, codec.packer))
  }

  get losesSnapshots(): boolean {
    return this.fate !== null
  }

  get hasPending(): boolean {
    return this.pending
  }

  push(item: ServerItem): boolean {
    this.items.push(item)
    if (item.type === 'table') this.tables.push(item)
    this.pending = true
    return true
  }

  pushLatest(message: Omit<LatestMessage, 'type' | 'channel'>): void {
    this.latest.push(message)
    this.pending = true
  }

  flush(snapshot: Uint8Array | null): SendResult {
    if (this.isCut) return 'closed'
    this.pending = false
    for (const { number, bytes } of this.tables.splice(0)) this.replica.learnTable(number, bytes)
    if (snapshot !== null) this.carry(snapshot.slice(), this.fate?.() ?? 'arrives')
    return 'sent'
  }

  private carry(packet: Uint8Array, fate: Fate): void {
    const { late } = this
    this.late = fate === 'late' ? [...late, packet] : []
    if (fate === 'late' || fate === 'lost') return
    for (const arrived of fate === 'twice' ? [packet, packet, ...late] : [packet, ...late]) {
      readPacket(arrived, (id, reader) => {
        const message = readServerMessage(id, reader)
        if (message.type === 'looseSnapshot') this.readLoose(message.bits, message.loose, arrived.length)
        else if (message.type === 'snapshot') this.read(message.bits, arrived.length)
      })
    }
  }

  /** Another connection: what was on its way on the old one does not come any more. */
  reconnect(): void {
    this.isCut = false
    this.late = []
  }

  /** A page that was reloaded: it holds nothing. */
  reload(): void {
    this.replica = replicaOf(this.codec.layout, this.codec.packer)
    this.loose = this.nothingLoose()
    this.heldSeq = -1
  }

  /** The fields of an entity as this client shows them, with what it may not know left out. */
  view(entity: HeldEntity): Record<string, unknown> {
    const row = new Int32Array(entity.kind.columns.length)
    const hasOwner = this.replica.rowAt(entity, this.tick, row)
    const fields: Record<string, unknown> = {
      id: entity.id,
      kind: entity.kind.name,
      owner: row[entity.kind.ownerColumn]! - 1,
    }
    materialise(entity.kind, row, fields, hasOwner)
    for (const layout of entity.kind.fields) {
      const held = layout.audience === 'nobody' ? undefined : entity.anchors[layout.audience]
      const isHidden = held === undefined || held.tick < 0
      if (isHidden) delete fields[layout.name]
      else if (layout.blob >= 0) fields[layout.name] = entity.blobs[layout.blob]
    }
    return fields
  }

  /** What it shows of a kind, by id. */
  shown(kind: string): Record<string, unknown>[] {
    const found = [...this.replica.entities.values()].filter((entity) => entity.kind.name === kind)
    return found.map((entity) => this.view(entity)).toSorted((a, b) => Number(a['id']) - Number(b['id']))
  }

  private read(reader: BitReader, bytes: number): void {
    const header = this.readHeader(reader)
    const body = readSnapshotBody(reader, header, this.replica, this.codec)
    const { entered, left } = this.replica.commit()
    this.tell(header, bytes, body, entered, left)
  }

  private readLoose(reader: BitReader, loose: LooseHead, bytes: number): void {
    const { channel, tick } = this
    const read = this.loose.read(reader, channel, loose, { seq: Math.max(0, this.heldSeq), tick })
    if (read === null) return
    this.replica.copyFrom(read.replica, () => false)
    this.tell(read.header, bytes, read, [], [])
  }

  private readHeader(reader: BitReader): SnapshotHeader {
    const last = { seq: Math.max(0, this.heldSeq), tick: this.tick }
    return readSnapshotHeader(reader, this.channel, last, this.codec.schema.ticksPerSnapshot)
  }

  private tell(
    header: SnapshotHeader,
    bytes: number,
    body: Pick<Told, 'keys' | 'events'>,
    entered: readonly HeldEntity[],
    left: readonly HeldEntity[],
  ): void {
    this.heldSeq = header.seq
    this.tick = header.tick
    const ids = (entities: readonly HeldEntity[]): number[] => entities.map(({ id }) => id)
    this.told.push({ header, bytes, keys: body.keys, events: body.events, entered: ids(entered), left: ids(left) })
  }
}

/** One room on a clock that stands still until it is told to advance. */
export class RoomHarness {
  readonly clock = new FakeClock()
  readonly errors: RoomError[] = []
  readonly warnings: string[] = []
  readonly traffic = newTraffic()
  readonly gone: { readonly seat: number; readonly reason: string }[] = []
  disposals = 0
  readonly scheduler: Scheduler
  readonly room: RoomMachine
  readonly codec: GameCodec
  readonly schema: GameSchema
  private seed = 1

  constructor(type: RoomType, packer: Packer = NO_PACKER, terms: RoomTerms = NO_TERMS) {
    this.schema = type.game.schema
    this.codec = new GameCodec(this.schema, packer)
    this.scheduler = new Scheduler(
      this.clock,
      (fn) => void this.clock.setTimer(fn, 0),
      (error) => {
        throw error
      },
    )
    const host = {
      clock: this.clock,
      random: () => (this.seed = (this.seed * 48_271) % 0x7fff_ffff) / 0x7fff_ffff,
      reportError: (error: RoomError) => void this.errors.push(error),
      warn: (text: string) => void this.warnings.push(text),
      traffic: this.traffic,
    }
    this.room = new RoomMachine(type, { id: 'r1', key: null, epoch: 7, terms }, this.codec, host, this.scheduler)
    this.room.onGone = (seat, reason) => void this.gone.push({ seat, reason })
    this.room.onDisposed = () => void this.disposals++
  }

  get tick(): number {
    return this.room.core.world.tick
  }

  /** Runs so many ticks; each one is due exactly when its time comes. */
  ticks(count: number): void {
    const until = this.tick + count
    const intervalMs = 1000 / this.schema.tickRateHz
    while (this.tick < until && this.clock.nextMs !== null) this.clock.advance(intervalMs / 4)
  }

  /** Runs to the end of the next snapshot tick. */
  snapshot(): void {
    const { replication } = this.room.core
    const last = replication.tick
    while (replication.tick === last && this.clock.nextMs !== null) this.ticks(1)
  }

  async join(join: object = { name: 'Ada' }, link: FakeLink = new FakeLink(this.codec)): Promise<Member> {
    const grant = await this.room.join({ link, key: null, join: this.codec.encodePayload(this.schema.join, join) })
    link.tick = grant.tick
    return new Member(this, link, grant)
  }
}

/** A seat and the client behind it. */
export class Member {
  readonly link: FakeLink
  readonly grant: SeatGrant
  private readonly harness: RoomHarness
  private requests = 0

  constructor(harness: RoomHarness, link: FakeLink, grant: SeatGrant) {
    this.harness = harness
    this.link = link
    this.grant = grant
  }

  get seat(): number {
    return this.grant.seat
  }

  /** Acknowledges the newest snapshot. */
  ack(): void {
    this.harness.room.receiveSnapshotAck(this.seat, Math.max(0, this.link.heldSeq) & 0xffff, this.harness.clock.nowMs())
  }

  /** Sends inputs of consecutive ticks, as an `inputs` message brings them. */
  input(tick: number, input: object, viewStamp = -1): void {
    this.inputs([{ tick, columns: this.harness.codec.inputs.toColumns(input), viewStamp }])
  }

  inputs(inputs: readonly TickInput[]): void {
    const writer = new BitWriter()
    this.harness.codec.inputs.write(writer, inputs)
    this.harness.room.receiveInputs(this.seat, new BitReader(writer.toBytes()), this.harness.clock.nowMs())
  }

  message(name: string, payload: object): void {
    const { codec, schema, room } = this.harness
    const encoded = codec.encodePayload(schema.messages[name]!.toServer!, payload)
    const call: CallItem = { type: 'message', channel: 1, message: codec.messageNames.indexOf(name), payload: encoded }
    room.receiveCall(this.seat, call)
  }

  request(name: string, ask: object): number {
    const { codec, schema, room } = this.harness
    const payload = codec.encodePayload(schema.requests[name]!.ask, ask)
    this.requests++
    room.receiveCall(this.seat, {
      type: 'request',
      channel: 1,
      id: this.requests,
      request: codec.requestNames.indexOf(name),
      payload,
    })
    return this.requests
  }

  drop(): void {
    this.harness.room.drop(this.seat)
  }

  resume(heldSeq: number = this.link.heldSeq): boolean {
    this.link.reconnect()
    return this.harness.room.resume(this.seat, this.link, heldSeq)
  }
}
