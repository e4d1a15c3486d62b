import type { JoinedRoom } from 'tickwire/client'
import { TEAMS, arenaSchema } from '../shared/schema.ts'
import type { Arena } from '../shared/schema.ts'
import { find, setText } from './dom.ts'

const WORDS = { azure: 'Azure wins', amber: 'Amber wins', nobody: 'A draw' } as const

/** The score of the teams, the time that is left, and who has won. */
export class RoundPanel {
  private readonly clock = find('#round time', HTMLElement)
  private readonly scores = TEAMS.map((team) => find(`#round .${team}`, HTMLElement))
  private readonly result = find('#result', HTMLElement)

  update({ state, tick, players, seat }: JoinedRoom<Arena>): void {
    for (const [index, team] of TEAMS.entries()) setText(this.scores[index]!, String(state[team]))
    const seconds = Math.max(0, Math.ceil((state.endsAt - tick) / arenaSchema.tickRateHz))
    setText(this.clock, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`)
    const isOver = state.phase === 'over'
    this.result.hidden = !isOver
    if (!isOver) return
    const best = [...players.values()].toSorted((a, b) => b.score - a.score)[0]
    const won = state.winner === players.get(seat)?.team
    this.result.className = state.winner
    setText(find('#result b', HTMLElement), won ? `${WORDS[state.winner]}. Well flown!` : WORDS[state.winner])
    setText(find('#result span', HTMLElement), best ? `Best pilot: ${best.name}, ${best.score} points` : '')
  }
}
