import { ConfigError } from '@tickwire/protocol'
import type { Rating } from './ticket.ts'

/** The part of the package `openskill` that is used; written out, so that nobody needs the package to compile. */
export interface OpenSkill {
  rating(): Rating
  rate(teams: Rating[][], options: { rank: number[] }): readonly (readonly Rating[])[]
  ordinal(rating: Rating): number
}

/** How one team did. In a free-for-all every player is a team. */
export interface TeamResult {
  /** A player without a rating is a newcomer. */
  readonly players: readonly { readonly userId: string; readonly rating?: Rating }[]
  /** 1 for the winner; equal ranks are a draw. */
  readonly rank: number
}

/** Learns from results how good players are. Stores nothing: keep the ratings with your users. */
export interface Ratings {
  /** Of whom nothing is known. */
  newcomer(): Rating
  /**
   * The new rating of every player, by user id.
   * @throws ConfigError for fewer than two teams, one without players or a rank that is no number
   */
  update(teams: readonly TeamResult[]): Map<string, Rating>
  /** One number for lists: low while little is known, so that nobody leads after one lucky match. */
  shown(rating: Rating): number
}

/**
 * Ratings by the Weng-Lin method of the package `openskill`, handed in, so that only who uses it has it:
 *
 *     import * as openskill from 'openskill'
 *     const ratings = openskillRatings(openskill)
 */
export function openskillRatings(openskill: OpenSkill): Ratings {
  const rated = (rating: Rating | undefined): Rating => ({ ...(rating ?? openskill.rating()) })
  return {
    newcomer: () => rated(undefined),
    shown: (rating) => openskill.ordinal(rating),
    update(teams) {
      checkResults(teams)
      const before = teams.map(({ players }) => players.map(({ rating }) => rated(rating)))
      const after = openskill.rate(before, { rank: teams.map(({ rank }) => rank) })
      const users = teams.map(({ players }) => players.map(({ userId }) => userId))
      return new Map(users.flatMap((team, t) => team.map((userId, p) => [userId, { ...after[t]![p]! }] as const)))
    },
  }
}

function checkResults(teams: readonly TeamResult[]): void {
  if (teams.length < 2) throw new ConfigError('teams', 'two teams or more', teams)
  for (const { players, rank } of teams) {
    if (players.length === 0) throw new ConfigError('players', 'one player or more per team', players)
    if (!Number.isFinite(rank)) throw new ConfigError('rank', 'a number', rank)
  }
}
