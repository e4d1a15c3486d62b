import type { Game, GameTypes } from '@tickwire/protocol'
import type { SeatOffer, TicketMatched, TicketQueued } from '@tickwire/protocol/internal'
import { StateError } from '../errors.ts'
import { Emitter } from '../events.ts'
import type { Report } from '../report.ts'
import type { Unsubscribe } from '../room-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'
import type { MatchTicket, MatchTicketState } from './people-api.ts'
import type { PeopleHost } from './people-host.ts'

type Answer = 'acceptMatch' | 'declineMatch' | 'cancelTicket'

/** A ticket whatever its game: what the server says of it. */
export class HeldTicket {
  readonly id: number
  readonly gameName: string
  readonly queue: string
  private readonly channel: LobbyChannel
  private readonly states: Emitter<MatchTicketState>
  private current: MatchTicketState
  private seat: SeatOffer | null = null
  private isCancelled = false

  /** @param channel the one that it was taken on: on another it is unknown */
  constructor(told: TicketQueued, channel: LobbyChannel, report: Report) {
    this.id = told.ticket
    this.gameName = told.game
    this.queue = told.queue
    this.channel = channel
    this.current = queuedState(told)
    this.states = new Emitter((error) => report('ticket.onState: the listener threw', error))
  }

  get state(): MatchTicketState {
    return this.current
  }

  onState(listener: (state: MatchTicketState) => void): Unsubscribe {
    return this.states.on(listener)
  }

  queued(told: TicketQueued): void {
    this.become(queuedState(told))
  }

  become(state: MatchTicketState): void {
    if (this.current.phase === 'ended') return
    this.current = state
    this.states.emit(state)
  }

  matched(told: TicketMatched): void {
    this.seat = told
    // The match was faster than the wish to have none.
    if (this.isCancelled) void this.giveUpSeat(told)
    else this.become({ phase: 'matched', roomId: told.room, region: told.region })
  }

  async answer(answer: Answer): Promise<void> {
    try {
      await this.channel.request(answer, { ticket: this.id })
    } catch (error) {
      // It is over already, in one way or the other, and that was told before.
      if (!hasCode(error, 'no-ticket')) throw error
    }
  }

  async cancel(): Promise<void> {
    if (this.current.phase === 'ended') return
    this.isCancelled = true
    if (this.seat !== null) return this.giveUpSeat(this.seat)
    await this.answer('cancelTicket')
  }

  /** The seat, as soon as there is one. */
  whenMatched(): Promise<SeatOffer> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const { current, seat } = this
        if (current.phase === 'ended') {
          reject(new StateError('ticket-ended', `the ticket came to nothing: ${current.reason}`))
        } else if (current.phase === 'matched' && seat !== null) {
          resolve(seat)
        } else {
          return false
        }
        return true
      }
      if (look()) return
      const stop = this.onState(() => {
        if (look()) stop()
      })
    })
  }

  private async giveUpSeat({ reservation }: SeatOffer): Promise<void> {
    this.become({ phase: 'ended', reason: 'cancelled', mine: true })
    await this.channel.request('declineSeat', { reservation })
  }
}

/** A ticket as its game sees it. */
export function ticketOf<G extends GameTypes>(game: Game<G>, held: HeldTicket, host: PeopleHost): MatchTicket<G> {
  return {
    queue: held.queue,
    get state() {
      return held.state
    },
    onState: (listener) => held.onState(listener),
    accept: () => held.answer('acceptMatch'),
    decline: () => held.answer('declineMatch'),
    cancel: () => held.cancel(),
    join: async (join) => host.takeSeat(game, join, await held.whenMatched()),
  }
}

function queuedState({ ticket: _ticket, game: _game, queue: _queue, ...why }: TicketQueued): MatchTicketState {
  return { phase: 'queued', why }
}

const hasCode = (error: unknown, code: string): boolean => (error as { readonly code?: unknown })?.code === code
