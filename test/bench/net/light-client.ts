import { LIMITS } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import {
  BitWriter,
  CLIENT_MESSAGE,
  GameCodec,
  NO_WISH,
  readPacket,
  readServerMessage,
  readSnapshotBody,
  readSnapshotHeader,
  replicaOf,
  writeClientMessage,
  writeInputsHead,
  writeMessage,
} from '@tickwire/protocol/internal'
import type {
  BitReader,
  ClientMessage,
  GameLayout,
  ReplicaChanges,
  SnapshotHeader,
  Replica,
} from '@tickwire/protocol/internal'
import { WebSocket } from 'ws'
import { claimOf, helloOf } from '../../hello.ts'

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
  private readonly url: string
  private socket: WebSocket
  /** What a resume needs, once welcome and joined. */
  private linkId: Uint8Array = new Uint8Array(0)
  private token: Uint8Array = new Uint8Array(0)
  private epoch = 0
  private receivedSeq = 0
  /** Whether the seat was still there after a resume. */
  isSeatResumed = false
  private readonly body = new BitWriter(256, LIMITS.maxClientMessageBytes)
  private readonly packet = new BitWriter(256, LIMITS.maxClientMessageBytes)
  /** The newest snapshot. */
  last: Pick<SnapshotHeader, 'seq' | 'tick' | 'isPartial'> = { seq: 0, tick: 0, isPartial: true }
  seat = -1
  private received = 0
  private onSnapshot: () => void = () => undefined

  constructor(url: string, schema: GameSchema, name: string) {
    this.codec = new GameCodec(schema)
    this.layout = this.codec.layout
    this.replica = replicaOf(this.codec.layout, this.codec.packer)
    this.url = url
    this.socket = this.connect(() => this.hello(schema.name, name))
  }

  /** Resolves with the first snapshot. */
  joined(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onSnapshot = resolve
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

  /** Comes back on another connection; resolves with the first snapshot there. */
  resume(): Promise<void> {
    const { linkId, token, receivedSeq, epoch, codec } = this
    const seat = { channel: 1, epoch, game: codec.schema.name, hashes: codec.hashes, heldSnapshot: this.last.seq }
    this.socket = this.connect(() => {
      this.write(claimOf({ linkId, token, receivedSeq, seat }), true)
      this.flush()
    })
    return this.joined()
  }

  private connect(onOpen: () => void): WebSocket {
    const socket = new WebSocket(this.url, { perMessageDeflate: false })
    socket.on('open', onOpen)
    socket.on('message', (data: Buffer) => this.receive(data))
    return socket
  }

  private hello(game: string, name: string): void {
    this.write(helloOf(), false)
    const join = this.codec.encodePayload(this.codec.schema.join, { name })
    const item = {
      type: 'join',
      channel: 1,
      verb: 'joinOrCreate',
      game,
      hashes: this.codec.hashes,
      room: '',
      reservation: '',
      wish: NO_WISH,
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
      if (message.type === 'welcome') {
        this.linkId = message.linkId
        this.token = message.token
        this.isSeatResumed = message.seatResumed
      }
      if (message.type === 'reliable') {
        this.received = this.receivedSeq = message.seq
        const { item } = message
        if (item.type === 'joined') {
          this.seat = item.seat
          this.epoch = item.epoch
        }
        if (item.type === 'table') this.replica.learnTable(item.number, item.bytes)
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
    const header = readSnapshotHeader(bits, 1, this.last, codec.schema.ticksPerSnapshot)
    readSnapshotBody(bits, header, replica, codec)
    this.count(replica.commit())
    this.last = header
    this.totals.snapshots++
    this.totals.snapshotBytes += bytes
    this.totals.shown += this.shown
    this.onSnapshot()
  }

  private count({ entered, left }: ReplicaChanges): void {
    for (const { kind } of entered) if (kind.index > this.layout.player.index) this.shown++
    for (const { kind } of left) if (kind.index > this.layout.player.index) this.shown--
  }
}
