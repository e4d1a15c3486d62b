import type { LatestMessage, ServerItem } from '@tickwire/protocol/internal'
import type { SeatLink } from '../room/ports.ts'
import type { SendResult } from '../transport/transport.ts'

/** What a seat's end of a link needs of the link. */
export interface PortLink {
  readonly userId: string
  readonly hasPending: boolean
  readonly losesSnapshots?: boolean
  push(item: ServerItem): boolean
  pushLatest(message: LatestMessage): void
  flush(snapshot: Uint8Array | null): SendResult
}

/** Something that a room did before its client knows that it is in. */
type Held =
  | { readonly type: 'item'; readonly item: ServerItem }
  | { readonly type: 'latest'; readonly message: LatestMessage }
  | { readonly type: 'snapshot'; readonly bytes: Uint8Array }

/** A room says little before the player is in; more than this is a fault of the room. */
const MAX_HELD = 256

/**
 * A link as one seat's room sees it: one per join, so that a room that still holds it after the seat has ended reaches
 * nobody.
 */
export class SeatPort implements SeatLink {
  readonly channel: number
  private readonly link: PortLink
  private state: { readonly phase: 'held'; readonly held: Held[] } | { readonly phase: 'open' | 'over' }

  constructor(link: PortLink, channel: number) {
    this.link = link
    this.channel = channel
    this.state = { phase: 'held', held: [] }
  }

  get userId(): string {
    return this.link.userId
  }

  get losesSnapshots(): boolean {
    return this.link.losesSnapshots === true
  }

  get hasPending(): boolean {
    return this.state.phase === 'open' && this.link.hasPending
  }

  push(item: ServerItem): boolean {
    if (this.state.phase === 'open') return this.link.push(item)
    return this.hold({ type: 'item', item })
  }

  pushLatest({ message, payload }: Omit<LatestMessage, 'type' | 'channel'>): void {
    const latest: LatestMessage = { type: 'latest', channel: this.channel, message, payload }
    if (this.state.phase === 'open') this.link.pushLatest(latest)
    else this.hold({ type: 'latest', message: latest })
  }

  flush(snapshot: Uint8Array | null): SendResult {
    if (this.state.phase === 'open') return this.link.flush(snapshot)
    if (this.state.phase === 'over') return 'closed'
    // A room that runs a tick in the moment of the join may be faster than the promise that tells of it.
    return snapshot === null || this.hold({ type: 'snapshot', bytes: snapshot.slice() }) ? 'queued' : 'closed'
  }

  /** `joined` is queued: what was held follows it. */
  open(): void {
    if (this.state.phase !== 'held') return
    const { held } = this.state
    this.state = { phase: 'open' }
    for (const one of held) {
      if (one.type === 'item') this.link.push(one.item)
      else if (one.type === 'latest') this.link.pushLatest(one.message)
      else this.link.flush(one.bytes)
    }
  }

  /** The seat has ended, or never came about. */
  end(): void {
    this.state = { phase: 'over' }
  }

  private hold(one: Held): boolean {
    if (this.state.phase !== 'held' || this.state.held.length >= MAX_HELD) return false
    this.state.held.push(one)
    return true
  }
}
