import { NO_SEAT } from '@tickwire/protocol/internal'
import type { BitWriter, ClientItem, GameCodec, LatestMessage } from '@tickwire/protocol/internal'
import type { Clock } from '../clock.ts'
import { StateError } from '../errors.ts'
import type { LobbyChannel } from '../lobby/lobby-channel.ts'
import type { ConnectionState, RequestOptions, Unsubscribe } from '../room-api.ts'
import { PingClock } from '../time/clock-sync.ts'
import type { Joined, RoomLink, RoomReceiver } from './ports.ts'
import type { Requests } from './requests.ts'
import type { Sender } from './sender.ts'

/** What a seat needs of the link that holds it. */
export interface SeatHost {
  readonly clock: Clock
  readonly connection: ConnectionState
  readonly sender: Sender
  readonly requests: Requests
  readonly lobby: LobbyChannel
  readonly losesInputs: boolean
  readonly bytesInPerSecond: number
  readonly bytesOutPerSecond: number
  readonly resumes: number
  onConnection(listener: (state: ConnectionState) => void): Unsubscribe
  leaveSeat(): Promise<void>
}

/** One room's share of the link: what it sends carries the room's channel, and nothing leaves once the seat is over. */
export class Seat implements RoomLink {
  readonly channel: number
  /** It only looks on. */
  readonly isSpectator: boolean
  readonly codec: GameCodec
  readonly sync: PingClock
  /** Set by the link as soon as the room is opened. */
  receiver: RoomReceiver | null = null
  private readonly host: SeatHost
  private isOver = false

  constructor(host: SeatHost, joined: Joined, codec: GameCodec) {
    this.host = host
    this.channel = joined.channel
    this.isSpectator = joined.seat === NO_SEAT
    this.codec = codec
    this.sync = new PingClock(codec.schema.tickRateHz)
  }

  get clock(): Clock {
    return this.host.clock
  }
  get lobby(): LobbyChannel {
    return this.host.lobby
  }
  get connection(): ConnectionState {
    return this.host.connection
  }
  get losesInputs(): boolean {
    return this.host.losesInputs
  }
  get bytesInPerSecond(): number {
    return this.host.bytesInPerSecond
  }
  get bytesOutPerSecond(): number {
    return this.host.bytesOutPerSecond
  }
  get resumes(): number {
    return this.host.resumes
  }

  onConnection(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.host.onConnection(listener)
  }

  push(item: ClientItem): boolean {
    return !this.isOver && this.host.sender.push(item)
  }

  request<T>(
    request: number,
    payload: Uint8Array,
    decode: (reply: Uint8Array) => T,
    options?: RequestOptions,
  ): Promise<T> {
    if (this.isOver) return Promise.reject(new StateError('seat-over', 'this player has left the room'))
    const id = this.host.sender.stream.nextSeq
    const name = this.codec.requestNames[request] ?? `${request}`
    return this.host.requests.start({ id, channel: this.channel, request, name, payload, decode }, options)
  }

  sendLatest(message: Omit<LatestMessage, 'type' | 'channel'>): void {
    if (!this.isOver) this.host.sender.sendLatest({ type: 'latest', channel: this.channel, ...message })
  }

  sendInputs(ackedSnapshot16: number, write: (writer: BitWriter) => void): void {
    if (!this.isOver) this.host.sender.sendInputs(this.channel, ackedSnapshot16, write)
  }

  sendSnapshotAck(ackedSnapshot16: number): void {
    if (!this.isOver) this.host.sender.send({ type: 'snapshotAck', channel: this.channel, ackedSnapshot16 })
  }

  leave(): Promise<void> {
    return this.isOver ? Promise.resolve() : this.host.leaveSeat()
  }

  end(): void {
    this.isOver = true
  }
}
