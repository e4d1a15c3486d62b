import type { Unsubscribe, WatchedRoom } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'
import { find, setText } from './dom.ts'
import type { ToWorld } from './mouse.ts'
import { ranked } from './shown-room.ts'
import type { ShipView } from './shown-room.ts'

/** Pixels of a thumb, or of an impatient mouse. */
const NEAR = 90

/** Who looks on: follows the best pilot, or the one that was chosen. */
export class Watcher {
  private readonly room: WatchedRoom<Arena>
  private readonly toWorld: ToWorld
  private readonly label = find('#watched b', HTMLElement)
  /** The seat that was chosen; null: whoever is best. */
  private chosen: number | null = null
  private shown: number | null = null

  constructor(room: WatchedRoom<Arena>, toWorld: ToWorld) {
    this.room = room
    this.toWorld = toWorld
  }

  open(): Unsubscribe {
    const listening = new AbortController()
    const { signal } = listening
    const stage = find('#stage', HTMLElement)
    stage.addEventListener('click', ({ clientX, clientY }) => this.pick(clientX, clientY), { signal })
    window.addEventListener('keydown', (event) => this.press(event), { signal })
    find('#watch-previous', HTMLElement).addEventListener('click', () => this.step(-1), { signal })
    find('#watch-next', HTMLElement).addEventListener('click', () => this.step(1), { signal })
    const best = (): void => {
      this.chosen = null
      this.shown = null
    }
    find('#watch-best', HTMLElement).addEventListener('click', best, { signal })
    return () => listening.abort()
  }

  /** The ship to look at; undefined while it is gone: the picture waits for it. */
  target(): ShipView | undefined {
    const ships = [...this.room.view('ship')]
    const best = (): ShipView | undefined => {
      for (const { id } of ranked(this.room)) {
        const ship = ships.find(({ owner }) => owner === id)
        if (ship !== undefined) return ship
      }
      return undefined
    }
    if (this.chosen !== null && !this.room.players.has(this.chosen)) this.chosen = null
    const seat = this.chosen ?? this.shown
    // Who is best changes with each point: the picture changes only when the pilot it follows is gone.
    const kept = ships.find(({ owner }) => owner === seat) ?? (this.chosen === null ? best() : undefined)
    this.shown = kept?.owner ?? this.chosen
    setText(this.label, this.room.players.get(this.shown ?? -1)?.name ?? 'nobody')
    return kept
  }

  private press(event: KeyboardEvent): void {
    if (event.key === 'Escape') void this.room.leave()
    if (event.key === 'ArrowRight') this.step(1)
    if (event.key === 'ArrowLeft') this.step(-1)
  }

  /** To the next pilot by points. */
  private step(by: number): void {
    const seats = ranked(this.room).map(({ id }) => id)
    const index = seats.indexOf(this.shown ?? -1)
    this.chosen = seats[(index + by + seats.length) % seats.length] ?? null
  }

  private pick(clientX: number, clientY: number): void {
    const { x, y } = this.toWorld(clientX, clientY)
    let least = NEAR
    for (const ship of this.room.view('ship')) {
      const distance = Math.hypot(ship.x - x, ship.y - y)
      if (distance < least) [least, this.chosen] = [distance, ship.owner]
    }
  }
}
