/**
 * Bounds how many strangers may keep this process waiting for somebody else: a directory, `authenticate`, `onJoin`. Shut
 * for good when the server drains: whoever is inside finishes, nobody new comes.
 */
export class Gate {
  private readonly max: number
  private inside = 0
  private isShutNow = false

  constructor(max: number) {
    this.max = max
  }

  get isShut(): boolean {
    return this.isShutNow
  }

  /** False: it is full or shut, and nobody entered. */
  tryEnter(): boolean {
    if (this.isShutNow || this.inside >= this.max) return false
    this.inside++
    return true
  }

  leave(): void {
    this.inside--
  }

  shut(): void {
    this.isShutNow = true
  }
}
