import { RefusedError } from '@tickwire/protocol'
import { formatCriteria, meets } from '@tickwire/protocol/internal'
import type { Attributes, Scalar } from '@tickwire/protocol/internal'
import type { Clock, Timer } from '../clock.ts'
import { clipText } from '../text.ts'
import type { RoomChanges, RoomEntry, RoomPage, RoomQuery, RoomWatch } from './directory.ts'

type Listener = (changes: RoomChanges) => void

/** What a room is ordered by: the value of an attribute, then its id, so that no two are equal. */
type Place = readonly [value: Scalar, id: string]

/** Texts are ordered by their beginning, which a cursor can hold. */
const SORTED_TEXT_BYTES = 24

/** All that a room can be searched and sorted by. */
export function attributesOfEntry(entry: RoomEntry): Attributes {
  const { roomId: id, type, maxPlayers, freeSeats, spectators, isLocked: locked, hasPassword: password } = entry
  const players = maxPlayers - freeSeats
  return { ...entry.shown.attributes, id, type, players, maxPlayers, spectators, locked, password }
}

function compare([a, idA]: Place, [b, idB]: Place): number {
  if (a !== b) return a < b ? -1 : 1
  return idA === idB ? 0 : idA < idB ? -1 : 1
}

interface Listed {
  readonly entry: RoomEntry
  readonly place: Place
}

/** The rooms that meet one query, in its order, kept up to date. */
class LiveList {
  readonly query: RoomQuery
  readonly listeners = new Set<Listener>()
  /** While nobody watches: when it is forgotten, unless it is asked for again. */
  idleUntilMs = 0
  private readonly sortBy: string
  private readonly sign: 1 | -1
  private readonly sorted: Listed[] = []
  private readonly places = new Map<string, Place>()
  /** What its listeners were told: the order of the last report, by room. */
  private told = new Map<string, number>()

  constructor(query: RoomQuery, rooms: Iterable<RoomEntry>) {
    const isDescending = query.sort.startsWith('-')
    this.query = query
    this.sign = isDescending ? -1 : 1
    this.sortBy = isDescending ? query.sort.slice(1) : query.sort
    for (const entry of rooms) this.take(entry)
    this.sorted.sort((a, b) => this.sign * compare(a.place, b.place))
    this.told = new Map(this.first().map(({ roomId, order }) => [roomId, order]))
  }

  /** The rooms that its watchers know. */
  first(): RoomEntry[] {
    return this.sorted.slice(0, this.query.limit).map(({ entry }) => entry)
  }

  /** Of all that there are at first; where they stand is seen to at the end. */
  private take(entry: RoomEntry): void {
    const attributes = attributesOfEntry(entry)
    if (!meets(attributes, this.query.where)) return
    const place = this.placeOf(entry, attributes)
    this.places.set(entry.roomId, place)
    this.sorted.push({ entry, place })
  }

  private placeOf({ roomId }: RoomEntry, attributes: Attributes): Place {
    const value = attributes[this.sortBy] ?? ''
    return [typeof value === 'string' ? clipText(value, SORTED_TEXT_BYTES) : value, roomId]
  }

  /** True if it is, or was, among the first. */
  set(entry: RoomEntry, attributes: Attributes): boolean {
    const wasFirst = this.remove(entry.roomId)
    if (!meets(attributes, this.query.where)) return wasFirst
    const place = this.placeOf(entry, attributes)
    this.places.set(entry.roomId, place)
    const index = this.indexOf(place)
    this.sorted.splice(index, 0, { entry, place })
    return wasFirst || index < this.query.limit
  }

  /** True if it was among the first. */
  remove(roomId: string): boolean {
    const place = this.places.get(roomId)
    if (place === undefined) return false
    this.places.delete(roomId)
    const index = this.indexOf(place)
    this.sorted.splice(index, 1)
    return index < this.query.limit
  }

  page(cursor: string): RoomPage {
    const after = cursor === '' ? null : readCursor(cursor)
    const start = after === null ? 0 : this.indexAfter(after)
    const end = Math.min(start + this.query.limit, this.sorted.length)
    const rooms = this.sorted.slice(start, end).map(({ entry }) => entry)
    const last = this.sorted[end - 1]
    const isLast = end === this.sorted.length || last === undefined
    return { rooms, cursor: isLast ? '' : cursorAt(last.place), total: this.sorted.length }
  }

  /** Tells what has changed among the first since it last did. */
  flush(): void {
    const first = this.first()
    const rooms = first.filter(({ roomId, order }) => this.told.get(roomId) !== order)
    const next = new Map(first.map(({ roomId, order }) => [roomId, order]))
    const removed = [...this.told.keys()].filter((id) => !next.has(id))
    this.told = next
    if (rooms.length + removed.length === 0) return
    for (const listener of Array.from(this.listeners)) listener({ removed, rooms })
  }

  private indexAfter(place: Place): number {
    const index = this.indexOf(place)
    const found = this.sorted[index]
    return found !== undefined && compare(found.place, place) === 0 ? index + 1 : index
  }

  /** Where this place is, or would be. */
  private indexOf(place: Place): number {
    let [low, high] = [0, this.sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.sign * compare(this.sorted[middle]!.place, place) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

const cursorAt = (place: Place): string => JSON.stringify(place)

function readCursor(text: string): Place {
  try {
    const [value, id] = JSON.parse(text) as unknown[]
    const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    if (isScalar && typeof id === 'string') return [value, id]
  } catch {
    // Falls through: what is no JSON is no cursor.
  }
  throw new RefusedError('bad-cursor', 'the cursor of a page must be that of the page before it, as it was')
}

/** How long changes are gathered before watchers hear of them, in ms. */
const FLUSH_MS = 100
/** How long a list that nobody watches is kept for who asks again, in ms, and how many of these there may be. */
const IDLE_MS = 5000
const MAX_IDLE = 64

/** The lists that somebody reads, over rooms that this process knows. Made on demand, then kept up to date by each change. */
export class RoomLists {
  private readonly clock: Clock
  private readonly rooms: () => Iterable<RoomEntry>
  private readonly lists = new Map<string, LiveList>()
  private readonly changed = new Set<LiveList>()
  private timer: Timer | null = null

  /** @param rooms all that may be listed, of all games */
  constructor(clock: Clock, rooms: () => Iterable<RoomEntry>) {
    this.clock = clock
    this.rooms = rooms
  }

  set(entry: RoomEntry): void {
    const attributes = attributesOfEntry(entry)
    for (const list of this.lists.values()) {
      if (list.query.game === entry.game && list.set(entry, attributes)) this.touch(list)
    }
  }

  remove(roomId: string): void {
    for (const list of this.lists.values()) if (list.remove(roomId)) this.touch(list)
  }

  page(query: RoomQuery, cursor: string): RoomPage {
    return this.listOf(query).page(cursor)
  }

  watch(query: RoomQuery, listener: Listener): RoomWatch {
    const list = this.listOf(query)
    // What others have yet to hear, this one is told at once, with all the rest.
    list.flush()
    list.listeners.add(listener)
    listener({ removed: [], rooms: list.first() })
    return {
      close: () => {
        list.listeners.delete(listener)
        list.idleUntilMs = this.clock.nowMs() + IDLE_MS
      },
    }
  }

  private listOf(query: RoomQuery): LiveList {
    const name = JSON.stringify([query.game, formatCriteria(query.where), query.sort, query.limit])
    let list = this.lists.get(name)
    if (list === undefined) {
      this.forgetIdle()
      list = new LiveList(query, this.of(query.game))
      this.lists.set(name, list)
    }
    list.idleUntilMs = this.clock.nowMs() + IDLE_MS
    return list
  }

  private *of(game: string): Iterable<RoomEntry> {
    for (const entry of this.rooms()) if (entry.game === game) yield entry
  }

  private forgetIdle(): void {
    const nowMs = this.clock.nowMs()
    const idle = [...this.lists].filter(([, { listeners }]) => listeners.size === 0)
    const tooMany = idle.length - MAX_IDLE + 1
    for (const [i, [name, list]] of idle.entries()) {
      if (i < tooMany || list.idleUntilMs <= nowMs) this.lists.delete(name)
    }
  }

  private touch(list: LiveList): void {
    if (list.listeners.size === 0) return
    this.changed.add(list)
    this.timer ??= this.clock.setTimer(() => this.flush(), FLUSH_MS)
  }

  private flush(): void {
    this.timer = null
    const changed = [...this.changed]
    this.changed.clear()
    for (const list of changed) list.flush()
  }
}
