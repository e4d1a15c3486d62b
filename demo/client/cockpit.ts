import type { JoinedRoom, Unsubscribe } from 'tickwire/client'
import { LASER_TICKS } from '../shared/guns.ts'
import { FULL_HP, FULL_SHIELD, arenaSchema } from '../shared/schema.ts'
import type { Arena } from '../shared/schema.ts'
import { openChat } from './chat.ts'
import { copyOnPress, find, setText } from './dom.ts'
import { inviteLink } from './options.ts'
import type { ShipView } from './shown-room.ts'

const LOW_HP = FULL_HP * 0.4

/** What only a pilot has: hull, guns, what it carries, the chat, and the code that brings friends. */
export class Cockpit {
  private readonly room: JoinedRoom<Arena>
  private readonly health = find('#health', HTMLElement)
  private readonly laser = find('#laser', HTMLElement)
  private readonly perks = find('#perks', HTMLElement)
  private readonly danger = find('#danger', HTMLElement)
  private readonly notice = find('#notice', HTMLElement)
  private hp = -1

  constructor(room: JoinedRoom<Arena>) {
    this.room = room
  }

  open(): Unsubscribe {
    const listening = new AbortController()
    setText(find('#invite b', HTMLElement), this.room.invite)
    const link = (): string => inviteLink(new URL(location.href), 'room', this.room.invite)
    copyOnPress(find('#invite button', HTMLButtonElement), link, listening.signal)
    const closeChat = openChat(this.room)
    return () => {
      listening.abort()
      closeChat()
    }
  }

  update(): void {
    const { room } = this
    const ship = room.mine('ship')
    this.showHealth(ship?.hp ?? 0)
    this.health.style.setProperty('--shield', String((ship?.shield ?? 0) / FULL_SHIELD))
    this.showLaser(ship?.mine ? ship.laserReadyAt : 0)
    setText(this.perks, ship === undefined ? '' : carried(ship, room.tick))
    setText(this.notice, ship === undefined ? this.respawnText() : '')
  }

  private showHealth(hp: number): void {
    if (hp === this.hp) return
    // Taking the class away and a look at the layout let its animation begin anew.
    this.danger.classList.remove('hit')
    if (hp < this.hp) {
      void this.danger.offsetWidth
      this.danger.classList.add('hit')
    }
    this.hp = hp
    this.health.setAttribute('aria-valuenow', String(hp))
    this.health.style.setProperty('--share', String(hp / FULL_HP))
    this.health.classList.toggle('low', hp <= LOW_HP)
    this.danger.classList.toggle('low', hp > 0 && hp <= LOW_HP)
  }

  private showLaser(readyAt: number): void {
    const share = Math.min(1, Math.max(0, 1 - (readyAt - this.room.tick) / LASER_TICKS))
    this.laser.style.setProperty('--share', share.toFixed(2))
    this.laser.classList.toggle('ready', share === 1)
  }

  private respawnText(): string {
    const { players, seat, tick } = this.room
    const ticks = (players.get(seat)?.respawnAt ?? 0) - tick
    return ticks > 0 ? `Back in ${seconds(ticks)}` : ''
  }
}

/** What the ship has besides its hull, and for how long. */
function carried(ship: ShipView, tick: number): string {
  const parts: string[] = []
  if (ship.safeUntil > tick) parts.push(`Protected ${seconds(ship.safeUntil - tick)} s, until you fire`)
  if (ship.shield > 0) parts.push(`Shield ${ship.shield}`)
  if (ship.mine && ship.spreadUntil > tick) parts.push(`Spread shot ${seconds(ship.spreadUntil - tick)} s`)
  return parts.join(' · ')
}

const seconds = (ticks: number): number => Math.ceil(ticks / arenaSchema.tickRateHz)
