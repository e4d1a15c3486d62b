/**
 * Who may see an entity's `revealed` fields. What was said last counts: to all, or to one seat as an exception; teams come
 * on top of what was said to all.
 */
export class Reveals {
  private toAll = false
  /** The teams that may, as a bit mask. */
  private teams = 0
  private exceptions: Map<number, boolean> | null = null

  set(seat: number | 'all', isShown: boolean): void {
    if (seat === 'all') {
      this.toAll = isShown
      this.teams = 0
      this.exceptions = null
    } else (this.exceptions ??= new Map()).set(seat, isShown)
  }

  setTeams(teams: number, isShown: boolean): void {
    this.teams = isShown ? this.teams | teams : this.teams & ~teams
  }

  /** @param team the teams of the seat's player, as a bit mask */
  has(seat: number, team: number): boolean {
    return this.exceptions?.get(seat) ?? (this.toAll || (this.teams & team) !== 0)
  }

  /** The seat is free: whoever takes it next is somebody else. */
  forget(seat: number): void {
    this.exceptions?.delete(seat)
  }
}
