import { LIMITS, TickwireError } from '@tickwire/protocol'
import type { CallItem, GameCodec, LatestMessage } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import type { Joined, OpenRoom, RoomLink, RoomReceiver } from './ports.ts'

/** How a join ended that did not fail. */
export type JoinOutcome<R> =
  | { readonly type: 'seated'; readonly receiver: R }
  | { readonly type: 'redirect'; readonly url: string; readonly reservation: string }
  /** Only for a resume: the seat that was claimed is not held any more. */
  | { readonly type: 'gone' }

/** What the link needs to know of a join; the type of its room stays between the room and the caller. */
export interface PendingJoin {
  readonly channel: number
  readonly codec: GameCodec
  readonly held: (CallItem | LatestMessage)[]
  open(joined: Joined, link: RoomLink): RoomReceiver
  succeed(outcome: Exclude<JoinOutcome<never>, { type: 'seated' }>): void
  fail(error: unknown): void
}

export interface JoiningParts<R extends RoomReceiver> {
  readonly clock: Clock
  readonly channel: number
  readonly codec: GameCodec
  readonly openRoom: OpenRoom<R>
  /** Called when nothing came of it for too long, before it fails. */
  readonly onTimeout: () => void
  /** Called once, however it ended. */
  readonly onEnd: () => void
}

/** The server's own limit, and the way there and back. */
const TIMEOUT_MS = LIMITS.joinTimeoutMs + 2000

/** A join, or a reloaded page's claim of a seat, from its start until the world is there. It ends once. */
export class Joining<R extends RoomReceiver> implements PendingJoin {
  readonly outcome: Promise<JoinOutcome<R>>
  /** What came for the room before it could be opened: messages that a resume replays. */
  readonly held: (CallItem | LatestMessage)[] = []
  private readonly parts: JoiningParts<R>
  private readonly timer: Timer
  private resolve: (outcome: JoinOutcome<R>) => void = () => {}
  private reject: (error: unknown) => void = () => {}
  private isOver = false

  constructor(parts: JoiningParts<R>) {
    this.parts = parts
    this.outcome = new Promise<JoinOutcome<R>>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.timer = parts.clock.setTimer(() => this.timedOut(), TIMEOUT_MS)
  }

  get channel(): number {
    return this.parts.channel
  }

  get codec(): GameCodec {
    return this.parts.codec
  }

  /** Makes the room; the join succeeds when its world is there. */
  open(joined: Joined, link: RoomLink): RoomReceiver {
    const receiver = this.parts.openRoom(joined, link)
    const onReady = (): void => this.succeed({ type: 'seated', receiver })
    receiver.ready.then(onReady, (error: unknown) => this.fail(error))
    return receiver
  }

  succeed(outcome: JoinOutcome<R>): void {
    if (this.end()) this.resolve(outcome)
  }

  fail(error: unknown): void {
    if (this.end()) this.reject(error)
  }

  private end(): boolean {
    if (this.isOver) return false
    this.isOver = true
    this.timer.cancel()
    this.parts.onEnd()
    return true
  }

  private timedOut(): void {
    this.parts.onTimeout()
    this.fail(new TickwireError('join-timeout', `the server did not answer the join within ${TIMEOUT_MS} ms`))
  }
}
