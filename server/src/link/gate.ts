/** Bounds how many strangers may keep this process waiting for somebody else: a directory, `authenticate`, `onJoin`. */
export class Gate {
  private readonly max: number
  private inside = 0

  constructor(max: number) {
    this.max = max
  }

  /** False: it is full, and nobody entered. */
  tryEnter(): boolean {
    if (this.inside >= this.max) return false
    this.inside++
    return true
  }

  leave(): void {
    this.inside--
  }
}
