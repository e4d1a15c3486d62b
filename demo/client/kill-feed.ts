import type { Unsubscribe } from 'tickwire/client'
import { find } from './dom.ts'
import { cssColor } from './palette.ts'
import type { ShownRoom } from './shown-room.ts'

const MAX_LINES = 4
/** As long as its fading in the style sheet. */
const SHOWN_MS = 6000

/** Who destroyed whom, the newest below. */
export function openKillFeed(room: ShownRoom): Unsubscribe {
  const list = find('#kills', HTMLOListElement)
  list.replaceChildren()
  return room.onEvent('destroyed', ({ seat, by }) => {
    const line = document.createElement('li')
    const victim = nameOf(room, seat)
    if (by === null || by === seat) line.append(victim, ' crashed')
    else line.append(nameOf(room, by), ' destroyed ', victim)
    list.append(line)
    while (list.childElementCount > MAX_LINES) list.firstElementChild?.remove()
    setTimeout(() => line.remove(), SHOWN_MS)
  })
}

function nameOf(room: ShownRoom, seat: number | null): HTMLElement {
  const player = seat === null ? undefined : room.players.get(seat)
  const name = document.createElement('b')
  name.textContent = player?.name ?? 'somebody'
  if (player) name.style.color = cssColor(player.team)
  return name
}
