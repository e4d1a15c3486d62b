/** An entity as the machinery sees it: a plain object of one stable shape, which game code reads and writes. */
export interface Entity {
  readonly id: number
  readonly kind: string
  owner: number | null
  [field: string]: unknown
}

/**
 * The living entities of one kind in the order of their ids. An iteration goes over the list as it was when it began:
 * what is spawned meanwhile is not visited, what is despawned meanwhile is skipped.
 */
export class EntityList {
  private items: Entity[] = []
  /** An iteration may still hold `items`; the next change makes a copy first. */
  private isLent = false

  get size(): number {
    return this.items.length
  }

  /** For a look that ends before anything changes. */
  get now(): readonly Entity[] {
    return this.items
  }

  /** Not a generator: those are never inlined, and a step of the world would make an object per entity. */
  [Symbol.iterator](): Iterator<Entity> {
    const { items } = this
    this.isLent = true
    let at = 0
    return {
      next: (): IteratorResult<Entity> => {
        while (at < items.length) {
          const value = items[at++]!
          if (items === this.items || this.has(value)) return { done: false, value }
        }
        return { done: true, value: undefined }
      },
    }
  }

  add(entity: Entity): void {
    this.takeBack()
    this.items.splice(this.placeOf(entity.id), 0, entity)
  }

  remove(entity: Entity): void {
    this.takeBack()
    this.items.splice(this.placeOf(entity.id), 1)
  }

  private has(entity: Entity): boolean {
    return this.items[this.placeOf(entity.id)] === entity
  }

  private takeBack(): void {
    if (this.isLent) this.items = this.items.slice()
    this.isLent = false
  }

  /** Where the entity with this id stands, or would. */
  private placeOf(id: number): number {
    let [from, to] = [0, this.items.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.items[middle]!.id < id) from = middle + 1
      else to = middle
    }
    return from
  }
}
