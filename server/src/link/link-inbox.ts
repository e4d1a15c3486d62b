import { DecodeError } from '@tickwire/protocol'
import { assertNever, LINK_CHANNEL } from '@tickwire/protocol/internal'
import type { CallItem, ClientItem, ClientMessage, ServerMessage } from '@tickwire/protocol/internal'
import type { LinkLobby } from '../lobby/link-lobby.ts'
import type { Outbox } from './outbox.ts'
import type { SeatHolder } from './seat-holder.ts'

/** What the inbox needs of its link. */
export interface InboxLink {
  /** Queues an answer to this very connection, which leaves at the end of the packet. */
  answerNow(message: ServerMessage): void
}

/** What a client says on its link: finds out for whom each message is. */
export class LinkInbox {
  private readonly link: InboxLink
  private readonly outbox: Outbox
  private readonly seat: SeatHolder
  private readonly lobby: LinkLobby

  constructor(link: InboxLink, outbox: Outbox, seat: SeatHolder, lobby: LinkLobby) {
    this.link = link
    this.outbox = outbox
    this.seat = seat
    this.lobby = lobby
  }

  /** @throws DecodeError for what makes no sense here and now */
  handle(message: ClientMessage, nowMs: number): void {
    switch (message.type) {
      case 'hello':
        throw unexpected('hello', 'one per connection', 'another')
      case 'ping':
        this.answerPing(message.id, message.channel, nowMs)
        return
      case 'inputs':
      case 'snapshotAck':
        this.seat.receiveInputs(message, nowMs)
        return
      case 'reliable':
        if (this.outbox.accept(message.seq)) this.handleItem(message.item, nowMs)
        return
      case 'reliableAck':
        this.outbox.acknowledge(message.seq)
        return
      case 'latest':
        this.seat.receiveLatest(message, nowMs)
        return
      default:
        assertNever(message)
    }
  }

  private handleItem(item: ClientItem, nowMs: number): void {
    switch (item.type) {
      case 'join':
        this.seat.join(item)
        return
      case 'leave':
        this.seat.leaveChannel(item.channel)
        return
      case 'mismatch':
        this.seat.receiveMismatch(item.channel, item.tick16)
        return
      default:
        this.handleCall(item, nowMs)
    }
  }

  private handleCall(call: CallItem, nowMs: number): void {
    if (call.channel === LINK_CHANNEL) this.lobby.receive(call, nowMs)
    else this.seat.receiveCall(call, nowMs)
  }

  private answerPing(id: number, channel: number, nowMs: number): void {
    const tick = this.seat.timeOn(channel, nowMs)
    // A room that is gone has no time; channel 0 says so, and 0 on the room's own would look like its first tick.
    const answered = tick === null ? LINK_CHANNEL : channel
    this.link.answerNow({ type: 'pong', id, channel: answered, tick: tick ?? 0, holdMs: 0 })
  }
}

function unexpected(what: string, expected: string, got: string): DecodeError {
  return new DecodeError('unexpected', { what, expected, got, offset: 0 })
}
