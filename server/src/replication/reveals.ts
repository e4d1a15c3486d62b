/** Who may see an entity's `revealed` fields. What was said last counts: to all, or to one seat as an exception. */
export class Reveals {
  private toAll = false
  private exceptions: Map<number, boolean> | null = null

  set(seat: number | 'all', isShown: boolean): void {
    if (seat === 'all') {
      this.toAll = isShown
      this.exceptions = null
    } else (this.exceptions ??= new Map()).set(seat, isShown)
  }

  has(seat: number): boolean {
    return this.exceptions?.get(seat) ?? this.toAll
  }

  /** The seat is free: whoever takes it next is somebody else. */
  forget(seat: number): void {
    this.exceptions?.delete(seat)
  }
}
