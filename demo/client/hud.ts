import type { JoinedRoom, Unsubscribe } from 'tickwire/client'
import { LASER_TICKS } from '../shared/guns.ts'
import { FULL_HP, FULL_SHIELD, arenaSchema } from '../shared/schema.ts'
import type { Arena } from '../shared/schema.ts'
import { openChat } from './chat.ts'
import { find, setText } from './dom.ts'
import { openKillFeed } from './kill-feed.ts'
import { Radar } from './radar.ts'
import { Readout } from './readout.ts'
import { RoundPanel } from './round-panel.ts'
import { Scores } from './scores.ts'

/** Numbers that change faster than this cannot be read. */
const READOUT_INTERVAL_MS = 500

/** Everything around the arena while a room is played. */
export class Hud {
  private readonly room: JoinedRoom<Arena>
  private readonly scores = new Scores()
  private readonly readout = new Readout()
  private readonly radar = new Radar()
  private readonly round = new RoundPanel()
  private readonly health = find('#health', HTMLElement)
  private readonly laser = find('#laser', HTMLElement)
  private readonly notice = find('#notice', HTMLElement)
  private readoutAtMs = 0
  private hp = -1

  constructor(room: JoinedRoom<Arena>) {
    this.room = room
  }

  /** Shows it; the call returned hides it again. */
  open(): Unsubscribe {
    const hud = find('#hud', HTMLElement)
    const leave = find('#leave', HTMLButtonElement)
    const closers = [openChat(this.room), openKillFeed(this.room)]
    hud.hidden = false
    const listening = new AbortController()
    leave.addEventListener('click', () => void this.room.leave(), { signal: listening.signal })
    find('#stage', HTMLElement).focus()
    return () => {
      hud.hidden = true
      listening.abort()
      for (const close of closers) close()
    }
  }

  update(nowMs: number): void {
    const ship = this.room.mine('ship')
    this.showHealth(ship?.hp ?? 0)
    this.health.style.setProperty('--shield', String((ship?.shield ?? 0) / FULL_SHIELD))
    this.showLaser(ship?.laserReadyAt ?? 0)
    this.radar.update(this.room, nowMs)
    setText(this.notice, ship ? '' : this.respawnText())
    if (nowMs < this.readoutAtMs) return
    this.readoutAtMs = nowMs + READOUT_INTERVAL_MS
    this.readout.update(this.room.stats)
    this.round.update(this.room)
    this.scores.update(this.room)
  }

  private showHealth(hp: number): void {
    if (hp === this.hp) return
    this.hp = hp
    this.health.setAttribute('aria-valuenow', String(hp))
    this.health.style.setProperty('--share', String(hp / FULL_HP))
    this.health.classList.toggle('low', hp <= FULL_HP * 0.4)
  }

  private showLaser(readyAt: number): void {
    const share = Math.min(1, Math.max(0, 1 - (readyAt - this.room.tick) / LASER_TICKS))
    this.laser.style.setProperty('--share', share.toFixed(2))
    this.laser.classList.toggle('ready', share === 1)
  }

  private respawnText(): string {
    const { players, seat, tick } = this.room
    const ticks = (players.get(seat)?.respawnAt ?? 0) - tick
    return ticks > 0 ? `Back in ${Math.ceil(ticks / arenaSchema.tickRateHz)}` : ''
  }
}
