import type { Team } from '../shared/schema.ts'
import { find } from './dom.ts'
import { cssColor } from './palette.ts'
import { ranked } from './shown-room.ts'
import type { ShownRoom } from './shown-room.ts'

const MAX_ROWS = 6

interface Row {
  readonly team: Team
  readonly name: string
  readonly score: number
  readonly mine: boolean
  readonly connected: boolean
}

/** The score board: the best, and always the own row. */
export class Scores {
  private readonly list = find('#scores ol', HTMLOListElement)
  private shown = ''

  update(room: ShownRoom): void {
    const rows = rank(room)
    const key = JSON.stringify(rows)
    if (key === this.shown) return
    this.shown = key
    this.list.replaceChildren(...rows.map(rowElement))
  }
}

function rank(room: ShownRoom): Row[] {
  const rows = ranked(room).map(({ name, team, score, mine, connected }) => ({ name, team, score, mine, connected }))
  const own = rows.findIndex((row) => row.mine)
  const ownRow = rows[own]
  return own < MAX_ROWS || !ownRow ? rows.slice(0, MAX_ROWS) : [...rows.slice(0, MAX_ROWS - 1), ownRow]
}

function rowElement({ team, name, score, mine, connected }: Row): HTMLLIElement {
  const row = document.createElement('li')
  row.classList.toggle('mine', mine)
  row.classList.toggle('away', !connected)
  row.style.setProperty('--pilot', cssColor(team))
  const label = document.createElement('span')
  label.textContent = name
  const points = document.createElement('b')
  points.textContent = String(score)
  row.append(label, points)
  return row
}
