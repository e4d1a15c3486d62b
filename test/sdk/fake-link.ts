import { BitReader, BitWriter, GameCodec } from '@tickwire/protocol/internal'
import type { LobbyChannel } from '../../sdk/src/lobby/lobby-channel.ts'
import type { ClientItem, LatestMessage, TickInput } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import type { RoomLink } from '../../sdk/src/link/ports.ts'
import type { ConnectionState, RequestOptions, Unsubscribe } from '../../sdk/src/room-api.ts'
import type { FakeClock } from '../../tickwire/src/testing/fake-clock.ts'

export interface SentInputs {
  readonly acked16: number
  readonly inputs: readonly TickInput[]
}

/** A link without a connection: keeps what the room sends, and says of the network what the test says. */
export class FakeLink implements RoomLink {
  /** Not asked by what is tested with this. */
  readonly lobby = {} as LobbyChannel
  readonly clock: FakeClock
  readonly channel = 0
  readonly codec: GameCodec
  connection: ConnectionState = { phase: 'online' }
  losesInputs = false
  bytesInPerSecond = 0
  bytesOutPerSecond = 0
  resumes = 0
  readonly sync = {
    rttMs: 0,
    jitterMs: 0,
    minRttMs: 0,
    isReady: true,
    serverTicksAt: (nowMs: number): number => this.serverTicks(nowMs),
  }
  readonly items: ClientItem[] = []
  readonly latest: Omit<LatestMessage, 'type' | 'channel'>[] = []
  readonly inputs: SentInputs[] = []
  readonly acks: number[] = []
  readonly requests: { readonly request: number; readonly payload: Uint8Array }[] = []
  /** What requests are answered with. */
  reply: Uint8Array = new Uint8Array(0)
  isFull = false
  isLeaving = false
  /** Told of each inputs packet. */
  onInputs: (sent: SentInputs) => void = () => undefined
  private readonly listeners = new Set<(state: ConnectionState) => void>()
  private readonly serverTicks: (nowMs: number) => number

  constructor(schema: GameSchema, clock: FakeClock, serverTicks: (nowMs: number) => number = () => 0) {
    this.codec = new GameCodec(schema)
    this.clock = clock
    this.serverTicks = serverTicks
  }

  show(state: ConnectionState): void {
    this.connection = state
    for (const listener of this.listeners) listener(state)
  }

  onConnection(listener: (state: ConnectionState) => void): Unsubscribe {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  push(item: ClientItem): boolean {
    if (!this.isFull) this.items.push(item)
    return !this.isFull
  }

  request<T>(
    request: number,
    payload: Uint8Array,
    decode: (reply: Uint8Array) => T,
    _options?: RequestOptions,
  ): Promise<T> {
    this.requests.push({ request, payload })
    return Promise.resolve(decode(this.reply))
  }

  sendLatest(message: Omit<LatestMessage, 'type' | 'channel'>): void {
    this.latest.push(message)
  }

  sendInputs(ackedSnapshot16: number, write: (writer: BitWriter) => void): void {
    const writer = new BitWriter()
    write(writer)
    if (this.connection.phase !== 'online') return
    const reference = Math.floor(this.serverTicks(this.clock.nowMs()))
    const sent = {
      acked16: ackedSnapshot16,
      inputs: this.codec.inputs.read(new BitReader(writer.toBytes()), Math.max(0, reference)),
    }
    this.inputs.push(sent)
    this.onInputs(sent)
  }

  sendSnapshotAck(ackedSnapshot16: number): void {
    this.acks.push(ackedSnapshot16)
  }

  leave(): Promise<void> {
    this.isLeaving = true
    return Promise.resolve()
  }
}
