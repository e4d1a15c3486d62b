/**
 * A part of the SDK that not every page needs: a file of its own, fetched when it is first used. Once it is here nothing
 * waits for it any more, not even for a promise.
 */
export class Lazy<T> {
  private readonly fetch: () => Promise<T>
  private part: T | null = null

  /** @param fetch a dynamic `import()`: bundlers cut there */
  constructor(fetch: () => Promise<T>) {
    this.fetch = fetch
  }

  /** Null before it is here. */
  get now(): T | null {
    return this.part
  }

  /** Rejects when the file cannot be fetched. */
  async load(): Promise<T> {
    return (this.part ??= await this.fetch())
  }

  /** Puts it in place: where time is simulated, nothing may wait for real files. */
  provide(part: T): void {
    this.part = part
  }
}
