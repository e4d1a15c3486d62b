import { Decoder, Encoder, StateView } from '@colyseus/schema'
import type { BenchWorld } from '../worlds/bench-world.ts'
import { hasViews, heldOf, stateOf } from './colyseus-state.ts'
import type { ColyseusState } from './colyseus-state.ts'
import { ColyseusWriter } from './colyseus-writer.ts'
import type { Peer, PeerReader, PeerTick, Standing, Tell } from './peer.ts'

/** Enough for the patches of all views of a tick, which share one buffer; else it would grow, and say so. */
const BUFFER_BYTES = 512 * 1024
/** A patch is a message of its protocol: one byte says so, before what the decoder reads. */
const HEAD = 1
const PATCH = 15

/**
 * The encoder of Colyseus as its rooms use it: what changed is encoded once for all, and for clients with views once more for
 * each. Its clients are there before anything is, so that patches are all that they need.
 */
export class ColyseusPeer implements Peer {
  readonly name = 'colyseus'
  private readonly encoder: Encoder<ColyseusState>
  private readonly writer: ColyseusWriter
  private readonly clients: number
  /** By client; empty where everybody sees everything. */
  private readonly views: readonly StateView[]

  constructor(world: BenchWorld) {
    // What an encoder begins with: read when it is made.
    Encoder.BUFFER_SIZE = BUFFER_BYTES
    const state = stateOf(world)
    this.encoder = new Encoder(state)
    this.writer = new ColyseusWriter(state)
    this.clients = world.clients
    this.views = hasViews(world) ? Array.from({ length: world.clients }, () => new StateView()) : []
  }

  idOf({ id }: Standing): number {
    return id
  }

  encode(tick: PeerTick, tell: Tell): void {
    this.follow(tick)
    const { encoder, views } = this
    const it = { offset: HEAD }
    encoder.sharedBuffer[0] = PATCH
    const shared = encoder.encode(it)
    const sharedEnd = it.offset
    if (views.length === 0) for (let client = 0; client < this.clients; client++) tell(client, shared)
    for (const [client, view] of views.entries()) tell(client, encoder.encodeView(view, sharedEnd, it))
    encoder.discardChanges()
  }

  /** What leaves a view does so while it is still there, and what enters is there before. */
  private follow({ all, spawned, gone, views }: PeerTick): void {
    const { writer } = this
    for (const [client, view] of this.views.entries()) for (const one of views[client]!.left) writer.hide(view, one)
    for (const one of gone) writer.remove(one)
    for (const one of spawned) writer.add(one)
    for (const one of all) if (one.changes.length > 0) writer.change(one)
    for (const [client, view] of this.views.entries()) for (const one of views[client]!.entered) writer.show(view, one)
  }
}

export function colyseusReader(world: BenchWorld): PeerReader {
  const state = stateOf(world)
  const decoder = new Decoder<ColyseusState>(state)
  return {
    read: (message) => void decoder.decode(message, { offset: HEAD }),
    held: () => heldOf(state),
  }
}
