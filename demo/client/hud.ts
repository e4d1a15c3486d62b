import type { Unsubscribe } from 'tickwire/client'
import { find } from './dom.ts'
import { openKillFeed } from './kill-feed.ts'
import { Radar } from './radar.ts'
import { Readout } from './readout.ts'
import { RoundPanel } from './round-panel.ts'
import { Scores } from './scores.ts'
import type { ShownRoom } from './shown-room.ts'
import type { Sounds } from './sounds.ts'

/** Numbers that change faster than this cannot be read. */
const READOUT_INTERVAL_MS = 500

/** What is around the arena for pilots and those who look on alike. */
export class Hud {
  private readonly room: ShownRoom
  private readonly scores = new Scores()
  private readonly readout = new Readout()
  private readonly radar = new Radar()
  private readonly round: RoundPanel
  private readoutAtMs = 0

  constructor(room: ShownRoom, sounds: Sounds) {
    this.room = room
    this.round = new RoundPanel(() => sounds.play('over'))
  }

  /** Shows it; the call returned hides it again. */
  open(role: 'pilot' | 'watcher'): Unsubscribe {
    const hud = find('#hud', HTMLElement)
    const closeFeed = openKillFeed(this.room)
    hud.className = role
    hud.hidden = false
    const listening = new AbortController()
    const leave = (): void => void this.room.leave()
    find('#leave', HTMLButtonElement).addEventListener('click', leave, { signal: listening.signal })
    find('#stage', HTMLElement).focus()
    return () => {
      hud.hidden = true
      listening.abort()
      closeFeed()
    }
  }

  update(nowMs: number): void {
    this.radar.update(this.room, nowMs)
    if (nowMs < this.readoutAtMs) return
    this.readoutAtMs = nowMs + READOUT_INTERVAL_MS
    this.readout.update(this.room.stats)
    this.round.update(this.room)
    this.scores.update(this.room)
  }
}
