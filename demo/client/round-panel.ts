import { TEAMS, arenaSchema } from '../shared/schema.ts'
import { find, setText } from './dom.ts'
import { ranked } from './shown-room.ts'
import type { PilotView, ShownRoom } from './shown-room.ts'

const WORDS = { azure: 'Azure wins', amber: 'Amber wins', nobody: 'A draw' } as const
const MAX_ROWS = 6

/** The score of the teams, the time that is left, and behind a round who has won it. */
export class RoundPanel {
  private readonly clock = find('#round time', HTMLElement)
  private readonly scores = TEAMS.map((team) => find(`#round .${team}`, HTMLElement))
  private readonly result = find('#result', HTMLElement)
  private readonly onOver: () => void
  private wasOver = false

  /** @param onOver a round has ended while it was looked at */
  constructor(onOver: () => void) {
    this.onOver = onOver
    this.result.hidden = true
  }

  update(room: ShownRoom): void {
    const { state, tick } = room
    for (const [index, team] of TEAMS.entries()) setText(this.scores[index]!, String(state[team]))
    const seconds = Math.max(0, Math.ceil((state.endsAt - tick) / arenaSchema.tickRateHz))
    setText(this.clock, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`)
    const isOver = state.phase === 'over'
    if (isOver) setText(find('#result p', HTMLElement), `The next round begins in ${seconds} s.`)
    if (isOver === this.wasOver) return
    this.wasOver = isOver
    this.result.hidden = !isOver
    if (!isOver) return
    this.showResult(room)
    this.onOver()
  }

  private showResult(room: ShownRoom): void {
    const { winner } = room.state
    const rows = ranked(room)
    const own = rows.find(({ mine }) => mine)
    this.result.className = winner
    setText(find('#result h2', HTMLElement), own?.team === winner ? `${WORDS[winner]}. Well flown!` : WORDS[winner])
    const shown = rows.slice(0, MAX_ROWS)
    if (own !== undefined && !shown.includes(own)) shown[MAX_ROWS - 1] = own
    find('#result tbody', HTMLElement).replaceChildren(...shown.map(rowOf))
  }
}

function rowOf({ name, team, score, deaths, mine }: PilotView): HTMLTableRowElement {
  const row = document.createElement('tr')
  row.classList.toggle('mine', mine)
  const head = document.createElement('th')
  head.scope = 'row'
  head.className = team
  head.textContent = name
  row.append(head)
  for (const number of [score, deaths]) row.insertCell().textContent = String(number)
  return row
}
