import type { Queue } from './queue.ts'
import { byWaiting, latencyLimitAt, waitedMs, windowAt } from './ticket.ts'
import type { MatchTicket } from './ticket.ts'

/** Where a lane ends. */
export const NO_PLACE = -1

/**
 * The tickets of one pass. A **lane** is one region and one choice of values: whoever stands in the same lane may play together, as
 * far as skill, seats and attributes that must differ allow. A ticket has a **place** in every lane that it accepts; the free
 * places of a lane are a list by skill.
 *
 * Tickets (by waiting), places and lanes are numbers into columns: a walk along a lane jumps about in the tickets, and through objects
 * every step would wait for memory.
 */
export class Pool {
  /** Who waits longest is first. */
  readonly tickets: readonly MatchTicket[]
  readonly isTaken: Uint8Array
  readonly players: Uint16Array
  readonly waitedMs: Float64Array
  /** In steps, as the windows, which are those of this moment. */
  readonly skills: Float64Array
  readonly windows: Float64Array
  /** The first place of each ticket, and behind the last one. Best liked first: near regions, then its own order of values. */
  readonly places: Int32Array
  readonly owners: Int32Array
  readonly lanes: Int32Array
  /** The next free place in the same lane, or `NO_PLACE`. */
  readonly weaker: Int32Array
  readonly stronger: Int32Array
  /** By lane: who is still free, where the strongest of them stands, and the region. */
  readonly lanePlayers: number[] = []
  readonly strongest: number[] = []
  readonly laneRegions: number[] = []
  /** Lanes of a key, by region. */
  private readonly byKey = new Map<string, number[]>()
  /** Of one ticket's keys, while it enters. */
  private readonly rows: number[][] = []

  constructor(queue: Queue, tickets: readonly MatchTicket[], nowMs: number) {
    this.tickets = tickets.toSorted(byWaiting)
    const count = tickets.length
    this.isTaken = new Uint8Array(count)
    this.players = new Uint16Array(count)
    this.waitedMs = new Float64Array(count)
    this.skills = new Float64Array(count)
    this.windows = new Float64Array(count)
    this.places = new Int32Array(count + 1)
    let most = 0
    for (const { latenciesMs, keys } of tickets) most += latenciesMs.length * keys.length
    this.owners = new Int32Array(most)
    this.lanes = new Int32Array(most)
    this.weaker = new Int32Array(most).fill(NO_PLACE)
    this.stronger = new Int32Array(most).fill(NO_PLACE)
    for (let index = 0; index < count; index++) this.enter(queue, index, nowMs)
    for (const index of bySkill(this.skills)) this.link(index)
  }

  /** The lane of a key in a region, or -1. */
  lane(key: string, region: number): number {
    return this.byKey.get(key)?.[region] ?? -1
  }

  take(indices: readonly number[]): void {
    for (const index of indices) {
      this.isTaken[index] = 1
      const players = this.players[index]!
      for (let place = this.places[index]!; place < this.places[index + 1]!; place++) this.leave(place, players)
    }
  }

  private leave(place: number, players: number): void {
    const lane = this.lanes[place]!
    const weaker = this.weaker[place]!
    const stronger = this.stronger[place]!
    this.lanePlayers[lane]! -= players
    if (weaker !== NO_PLACE) this.stronger[weaker] = stronger
    if (stronger === NO_PLACE) this.strongest[lane] = weaker
    else this.weaker[stronger] = weaker
  }

  private enter(queue: Queue, index: number, nowMs: number): void {
    const ticket = this.tickets[index]!
    const players = ticket.players.length
    this.players[index] = players
    this.waitedMs[index] = waitedMs(ticket.sinceMs, nowMs)
    this.skills[index] = ticket.skill
    this.windows[index] = windowAt(queue, ticket, nowMs)
    const limitMs = latencyLimitAt(queue, ticket, nowMs)
    const { keys, regions, latenciesMs } = ticket
    for (let i = 0; i < keys.length; i++) this.rows[i] = this.rowFor(keys[i]!)
    let place = this.places[index]!
    // Nearest first: behind one that is too far, all are.
    for (let i = 0; i < regions.length && latenciesMs[i]! <= limitMs; i++) {
      for (let k = 0; k < keys.length; k++) {
        const lane = (this.rows[k]![regions[i]!] ??= this.newLane(regions[i]!))
        this.lanePlayers[lane]! += players
        this.lanes[place] = lane
        this.owners[place++] = index
      }
    }
    this.places[index + 1] = place
  }

  /** Called in the order of skill, which so becomes the order of each lane. */
  private link(index: number): void {
    for (let place = this.places[index]!; place < this.places[index + 1]!; place++) {
      const lane = this.lanes[place]!
      const weaker = this.strongest[lane]!
      this.weaker[place] = weaker
      if (weaker !== NO_PLACE) this.stronger[weaker] = place
      this.strongest[lane] = place
    }
  }

  private rowFor(key: string): number[] {
    let row = this.byKey.get(key)
    if (row === undefined) this.byKey.set(key, (row = []))
    return row
  }

  private newLane(region: number): number {
    this.strongest.push(NO_PLACE)
    this.laneRegions.push(region)
    return this.lanePlayers.push(0) - 1
  }
}

const INDICES = 2 ** 20
const LOWEST = -(2 ** 31)

/** Indices by skill, then by waiting. Numbers that carry the index: comparing by a function would take longer than the matching. */
function bySkill(skills: Float64Array): Iterable<number> {
  if (skills.length > INDICES) return skills.map((_, i) => i).toSorted((a, b) => skills[a]! - skills[b]! || a - b)
  const keys = skills.map((skill, i) => (skill - LOWEST) * INDICES + i).toSorted()
  return keys.map((key) => key % INDICES)
}
