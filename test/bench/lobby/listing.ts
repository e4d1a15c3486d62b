import { cpuUsage } from 'node:process'
import { Random } from '@tickwire/protocol'
import { parseCriteria } from '@tickwire/protocol/internal'
import type { RoomChanges, RoomEntry, RoomQuery } from '../../../server/src/directory/directory.ts'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import type { Figure } from '../report.ts'

const ROOMS = 5000
const SUBSCRIBERS = 200
const CHANGES_PER_SECOND = 100
const SECONDS = 60
const MAPS = ['dust', 'snow', 'moon', 'lake'] as const

/** One who follows a list: what it was told makes the list that it shows. */
class Subscriber {
  readonly query: RoomQuery
  private readonly orders = new Map<string, number>()
  deltas = 0

  constructor(query: RoomQuery) {
    this.query = query
  }

  receive({ removed, rooms }: RoomChanges): void {
    for (const id of removed) this.orders.delete(id)
    for (const { roomId, order } of rooms) this.orders.set(roomId, order)
    this.deltas += removed.length + rooms.length
  }

  isLike(rooms: readonly RoomEntry[]): boolean {
    return rooms.length === this.orders.size && rooms.every(({ roomId, order }) => this.orders.get(roomId) === order)
  }
}

/** Five thousand rooms, two hundred who follow lists of them by queries of their own, a hundred changes per second. */
export async function listingFigures(): Promise<readonly Figure[]> {
  const clock = new FakeClock()
  const random = new Random(2026)
  const truth = new Map<string, RoomEntry>()
  const directory = newDirectory(clock)
  for (let i = 0; i < ROOMS; i++) await open(directory, truth, randomRoom(random, `room-${i}`))
  const subscribers = Array.from({ length: SUBSCRIBERS }, (_, i) => new Subscriber(queryOf(i)))
  for (const one of subscribers) await directory.watch(one.query, (changes) => one.receive(changes))
  const told = subscribers.reduce((sum, { deltas }) => sum + deltas, 0)
  const from = cpuUsage()
  let wrong = 0
  for (let second = 0; second < SECONDS; second++) {
    for (let i = 0; i < CHANGES_PER_SECOND; i++) {
      await change(directory, truth, random)
      clock.advance(1000 / CHANGES_PER_SECOND)
    }
  }
  const { user, system } = cpuUsage(from)
  clock.advance(1000)
  // Asked of a directory that nobody followed, so that no list of the first one helps.
  const fresh = newDirectory(clock)
  for (const room of truth.values()) await fresh.register(room)
  for (const one of subscribers) {
    const { rooms } = await fresh.list(one.query, '')
    if (!one.isLike(rooms)) wrong++
  }
  const deltas = subscribers.reduce((sum, one) => sum + one.deltas, 0) - told
  return [
    { name: 'listing.wrongLists', value: wrong, unit: 'lists', must: '= 0' },
    { name: 'listing.deltas', value: deltas / SECONDS, unit: 'per s', must: '' },
    { name: 'listing.cpuPercent', value: (user + system) / 10_000 / SECONDS, unit: '% of a core', must: '' },
    { name: 'listing.usPerChange', value: (user + system) / (CHANGES_PER_SECOND * SECONDS), unit: 'us', must: '' },
  ]
}

function queryOf(i: number): RoomQuery {
  const where = parseCriteria(`map = "${MAPS[i % MAPS.length]!}" and skill > ${i % 90} and not locked`)
  return { game: 'arena', where, sort: i % 2 === 0 ? '-players' : 'skill', limit: 50 }
}

let orders = 0

function randomRoom(random: Random, roomId: string): RoomEntry {
  const skill = random.int(0, 100)
  const empty = new Uint8Array(0)
  return {
    roomId,
    order: ++orders,
    game: 'arena',
    type: 'arena',
    key: null,
    invite: roomId,
    maxPlayers: 16,
    isListed: true,
    hasPassword: false,
    freeSeats: random.int(0, 16),
    isLocked: random.next() < 0.1,
    spectators: 0,
    shown: { revision: 1, options: empty, metadata: empty, attributes: { map: random.pick(MAPS), skill } },
  }
}

const newDirectory = (clock: FakeClock): MemoryDirectory =>
  new MemoryDirectory({ clock, randomBytes: (length) => new Uint8Array(length), reservationMs: 1000 })

async function open(directory: MemoryDirectory, truth: Map<string, RoomEntry>, room: RoomEntry): Promise<void> {
  truth.set(room.roomId, room)
  await directory.register(room)
}

/** A room whose numbers change; now and then one that ends and another that begins. */
async function change(directory: MemoryDirectory, truth: Map<string, RoomEntry>, random: Random): Promise<void> {
  const room = randomRoom(random, `room-${random.int(0, ROOMS - 1)}`)
  if (random.next() < 0.1) {
    truth.delete(room.roomId)
    await directory.unregister(room.roomId)
  } else {
    await open(directory, truth, room)
  }
}
