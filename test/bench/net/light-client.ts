import { LIMITS, PROTOCOL_VERSION } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import {
  BitWriter,
  GameCodec,
  readEvents,
  readPacket,
  readServerMessage,
  readSnapshotHeader,
  readSpawnKeys,
  Replica,
  writeClientMessage,
  writeInputsHead,
  writeMessage,
  CLIENT_MESSAGE,
} from '@tickwire/protocol/internal'
import type { BitReader, ClientMessage, GameLayout, ReplicaChanges } from '@tickwire/protocol/internal'
import { WebSocket } from 'ws'

/** What a light client has seen. */
export interface LightTotals {
  snapshots: number
  snapshotBytes: number
  /** Entities of the game that it held, summed over its snapshots. */
  shown: number
  packets: number
  packetBytes: number
}

/**
 * A client that joins, really decodes every snapshot, acknowledges it and sends inputs, and does nothing else: no
 * prediction, no pictures. A hundred of them fit on one core, so that the server is what a benchmark measures.
 */
export class LightClient {
  readonly totals: LightTotals = { snapshots: 0, snapshotBytes: 0, shown: 0, packets: 0, packetBytes: 0 }
  readonly replica: Replica
  readonly layout: GameLayout
  private shown = 0
  private readonly codec: GameCodec
  private readonly socket: WebSocket
  private readonly body = new BitWriter(256, LIMITS.maxClientMessageBytes)
  private readonly packet = new BitWriter(256, LIMITS.maxClientMessageBytes)
  /** The newest snapshot. */
  last: { readonly seq: number; readonly tick: number } = { seq: 0, tick: 0 }
  seat = -1
  private received = 0
  private onJoined: () => void = () => undefined

  constructor(url: string, schema: GameSchema, name: string) {
    this.codec = new GameCodec(schema)
    this.layout = this.codec.layout
    this.replica = new Replica(this.codec.layout, this.codec.packer)
    this.socket = new WebSocket(url, { perMessageDeflate: false })
    this.socket.on('open', () => this.hello(schema.name, name))
    this.socket.on('message', (data: Buffer) => this.receive(data))
  }

  /** Resolves with the first snapshot. */
  joined(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onJoined = resolve
      this.socket.on('close', (code, reason) => reject(new Error(`closed: ${code} ${reason.toString()}`)))
      this.socket.on('error', reject)
    })
  }

  /** One packet of inputs with the newest acknowledgement, as the SDK sends 30 times a second. */
  sendInputs(): void {
    if (this.last.seq === 0) return
    const { codec, body } = this
    body.reset()
    writeInputsHead(body, 1, this.last.seq & 0xffff)
    codec.inputs.write(body, [
      { tick: this.last.tick + 4, columns: codec.inputs.neutral, viewStamp: this.last.tick * 16 },
    ])
    this.send(CLIENT_MESSAGE.inputs)
  }

  close(): void {
    this.socket.terminate()
  }

  private hello(game: string, name: string): void {
    this.write({ type: 'hello', protocolVersion: PROTOCOL_VERSION, ticket: '', resume: null }, false)
    const join = this.codec.encodePayload(this.codec.schema.join, { name })
    const item = {
      type: 'join',
      channel: 1,
      verb: 'joinOrCreate',
      game,
      hashes: this.codec.hashes,
      room: '',
      reservation: '',
      join,
    } as const
    this.write({ type: 'reliable', seq: 1, item }, true)
    this.flush()
  }

  private write(message: ClientMessage, isLast: boolean): void {
    this.body.reset()
    const id = writeClientMessage(this.body, message)
    writeMessage(this.packet, id, this.body.view(), isLast)
  }

  private send(id: number): void {
    writeMessage(this.packet, id, this.body.view(), true)
    this.flush()
  }

  private flush(): void {
    this.socket.send(this.packet.toBytes())
    this.packet.reset()
  }

  private receive(bytes: Uint8Array): void {
    this.totals.packets++
    this.totals.packetBytes += bytes.length
    readPacket(bytes, (id, reader) => {
      const message = readServerMessage(id, reader)
      if (message.type === 'reliable') {
        this.received = message.seq
        if (message.item.type === 'joined') this.seat = message.item.seat
      }
      if (message.type === 'snapshot') this.snapshot(message.bits, bytes.length)
    })
    if (this.received > 0) {
      this.write({ type: 'reliableAck', seq: this.received }, true)
      this.received = 0
      this.flush()
    }
  }

  private snapshot(bits: BitReader, bytes: number): void {
    const { codec, replica } = this
    const header = readSnapshotHeader(bits, 1, this.last)
    replica.begin()
    replica.readTrack(bits, 'all', header.tick)
    bits.align()
    replica.readTrack(bits, 'owner', header.tick)
    replica.readTrack(bits, 'revealed', header.tick)
    readSpawnKeys(bits, header.tick)
    readEvents(
      bits,
      header.tick,
      codec.eventNames.map((name) => codec.schema.events[name]!),
      codec.packer,
    )
    bits.expectEnd()
    this.count(replica.commit())
    const isFirst = this.last.seq === 0
    this.last = { seq: header.seq, tick: header.tick }
    this.totals.snapshots++
    this.totals.snapshotBytes += bytes
    this.totals.shown += this.shown
    if (isFirst) this.onJoined()
  }

  private count({ entered, left }: ReplicaChanges): void {
    for (const { kind } of entered) if (kind.index > this.layout.player.index) this.shown++
    for (const { kind } of left) if (kind.index > this.layout.player.index) this.shown--
  }
}
