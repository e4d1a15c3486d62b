import { LIMITS } from '@tickwire/protocol'
import { LISTED_ROOM, lobbyCodec } from '@tickwire/protocol/internal'
import type { GameCodec, ListedRoom, WatchAsk, WatchedRooms } from '@tickwire/protocol/internal'
import type { Report } from '../report.ts'
import type { Unsubscribe } from '../room-api.ts'
import type { LobbyChannel } from './lobby-channel.ts'

/** A room as game code sees it, whatever its game. */
export interface AnyListing {
  readonly id: string
  readonly options: object
  readonly metadata: object
}

export interface AnyListeners {
  readonly onAdd?: (room: AnyListing) => void
  readonly onChange?: (room: AnyListing) => void
  readonly onRemove?: (room: AnyListing) => void
}

/** One room of a list. @throws DecodeError for bytes that are none of this game */
export function readListing(codec: GameCodec, bytes: Uint8Array): AnyListing {
  const {
    key: _key,
    options,
    metadata,
    ...rest
  } = lobbyCodec.decodePayload(LISTED_ROOM, bytes) as unknown as ListedRoom
  const { schema } = codec
  return {
    ...rest,
    options: codec.decodePayload(schema.options, options),
    metadata: codec.decodePayload(schema.metadata, metadata),
  }
}

/** One list that is followed. */
export class WatchedList {
  readonly ask: WatchAsk
  readonly ready: Promise<void>
  private readonly codec: GameCodec
  private readonly listeners: AnyListeners
  private readonly report: Report
  private held = new Map<string, AnyListing>()
  /** The whole list, as it comes anew after it was asked for; null: what comes is a change. */
  private whole: Map<string, AnyListing> | null = new Map()
  private resolve: () => void = () => undefined
  private reject: (error: unknown) => void = () => undefined

  constructor(ask: WatchAsk, codec: GameCodec, listeners: AnyListeners, report: Report) {
    this.ask = ask
    this.codec = codec
    this.listeners = listeners
    this.report = report
    this.ready = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  get rooms(): readonly AnyListing[] {
    const isDescending = this.ask.sort.startsWith('-')
    const name = isDescending ? this.ask.sort.slice(1) : this.ask.sort
    return [...this.held.values()].toSorted((a, b) => (isDescending ? -1 : 1) * compare(a, b, name))
  }

  /** It is asked for again: what comes next is all of it. */
  begin(): void {
    this.whole = new Map()
  }

  fail(error: unknown): void {
    this.reject(error)
  }

  receive({ removed, rooms, more }: WatchedRooms): void {
    const listings = rooms.map((bytes) => readListing(this.codec, bytes))
    if (this.whole === null) {
      for (const id of removed) this.remove(id)
      for (const room of listings) this.set(room)
      return
    }
    for (const room of listings) this.whole.set(room.id, room)
    if (more) return
    const { whole } = this
    this.whole = null
    for (const id of Array.from(this.held.keys())) if (!whole.has(id)) this.remove(id)
    for (const room of whole.values()) this.set(room)
    this.resolve()
  }

  private set(room: AnyListing): void {
    const { onAdd, onChange } = this.listeners
    const listener = this.held.has(room.id) ? onChange : onAdd
    this.held.set(room.id, room)
    this.tell(listener, room)
  }

  private remove(id: string): void {
    const room = this.held.get(id)
    if (room === undefined) return
    this.held.delete(id)
    this.tell(this.listeners.onRemove, room)
  }

  private tell(listener: ((room: AnyListing) => void) | undefined, room: AnyListing): void {
    try {
      listener?.(room)
    } catch (error) {
      this.report('lobby.watch: the listener threw', error)
    }
  }
}

function compare(a: AnyListing, b: AnyListing, name: string): number {
  const [first, second] = [valueIn(a, name), valueIn(b, name)]
  if (first !== second) return first < second ? -1 : 1
  return a.id < b.id ? -1 : 1
}

function valueIn(room: AnyListing, name: string): string | number {
  const all = { ...room.metadata, ...room.options, ...room } as Readonly<Record<string, unknown>>
  const value = all[name]
  return typeof value === 'string' || typeof value === 'number' ? value : Number(value)
}

/** All lists that a client follows: over drops, over new links, at whichever server it is. */
export class RoomLists {
  private readonly report: Report
  private readonly lists = new Map<number, WatchedList>()
  private channel: LobbyChannel | null = null
  private stops: Unsubscribe[] = []
  private lastNumber = 0

  constructor(report: Report) {
    this.report = report
  }

  get nextNumber(): number {
    this.lastNumber = (this.lastNumber % LIMITS.maxWatchNumber) + 1
    return this.lastNumber
  }

  /** The client is on another link: lists are asked for there. */
  attach(channel: LobbyChannel): void {
    for (const stop of this.stops) stop()
    this.channel = channel
    this.stops = [
      channel.on('rooms', (changes) => this.lists.get(changes.watch)?.receive(changes)),
      channel.onRenewed(() => this.askAgain(channel)),
    ]
    this.askAgain(channel)
  }

  /** The client is over. */
  closed(): void {
    this.lists.clear()
  }

  async watch(list: WatchedList): Promise<void> {
    const { watch } = list.ask
    this.lists.set(watch, list)
    try {
      this.ask(this.channel!, list)
      await list.ready
    } catch (error) {
      this.lists.delete(watch)
      throw error
    }
  }

  close({ ask: { watch } }: WatchedList): void {
    if (!this.lists.delete(watch)) return
    // If nobody hears it, the list is gone as well.
    this.channel?.request('unwatch', { watch }).catch(() => undefined)
  }

  private askAgain(channel: LobbyChannel): void {
    for (const list of this.lists.values()) {
      list.begin()
      this.ask(channel, list)
    }
  }

  private ask(channel: LobbyChannel, list: WatchedList): void {
    channel.request('watch', list.ask).catch((error: unknown) => {
      list.fail(error)
      // A list that was there, and is refused now, stands still; the page should know.
      if (this.lists.has(list.ask.watch) && this.channel === channel) this.report('lobby.watch: not any more', error)
    })
  }
}
