import type { CallItem, LatestMessage, ServerItem } from '@tickwire/protocol/internal'
import type { Counters } from '../counters.ts'
import type { ServerLimits } from '../limits.ts'
import type { RoomPort } from '../room/ports.ts'
import { KindRates } from './kind-rates.ts'

/** What the guard needs of its link. */
export interface GuardedLink {
  /** Queues an item that no tick will flush, and sends it soon. */
  pushNow(item: ServerItem): void
  /** The peer went over a rate. */
  exceed(detail: string): void
}

export interface GuardServices {
  readonly counters: Counters
  readonly limits: Pick<ServerLimits, 'messagesPerSecondPerKind' | 'rateBurstMs'>
  readonly messageRates: Readonly<Record<string, number>>
}

type Request = Extract<CallItem, { type: 'request' }>

/** Holds messages and requests of one client against the rates of their kinds. */
export class CallGuard {
  private readonly link: GuardedLink
  private readonly counters: Counters
  /** Of the link and not of a seat: who joins again has said no less. */
  private readonly rates: KindRates

  constructor(link: GuardedLink, { counters, limits, messageRates }: GuardServices) {
    this.link = link
    this.counters = counters
    const { messagesPerSecondPerKind: perSecond, rateBurstMs: burstMs } = limits
    this.rates = new KindRates({ perSecond, burstMs, own: messageRates })
  }

  /** Whether a call may go to its room; if not, its client was told. */
  admitCall({ codec }: RoomPort, call: CallItem, nowMs: number): boolean {
    if (call.type === 'request') return this.admitRequest(codec.requestNames[call.request], call, nowMs)
    if (call.type !== 'message') return true
    const name = codec.messageNames[call.message]
    if (this.rates.take(name, nowMs)) return true
    // It is reliable: dropped silently, it would be a lie.
    this.link.exceed(this.tooOften('message', name))
    return false
  }

  admitLatest({ codec }: RoomPort, { message }: LatestMessage, nowMs: number): boolean {
    if (this.rates.take(codec.messageNames[message], nowMs)) return true
    // The next one says it better anyway.
    this.counters.add('latestDropped')
    return false
  }

  private admitRequest(name: string | undefined, { channel, id }: Request, nowMs: number): boolean {
    if (this.rates.take(name, nowMs)) return true
    this.counters.add('requestsRefused')
    this.link.pushNow({ type: 'refusal', channel, id, code: 'rate-limited', text: this.tooOften('request', name) })
    return false
  }

  private tooOften(kind: 'message' | 'request', name: string | undefined): string {
    return `${kind} "${name}" more than ${this.rates.perSecond(name ?? '')} times per second`
  }
}
