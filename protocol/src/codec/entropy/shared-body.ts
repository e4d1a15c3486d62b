import type { KindLayout } from '../layout.ts'
import { EntityModels } from './entity-models.ts'
import { codeMagnitude, magnitudeContexts } from './models.ts'
import type { BitCoder } from './models.ts'

/** Counts and gaps of slots. */
const SLOT_BITS = 16

/**
 * The shared body of a snapshot by models: for readers who hold everything of the news before. One routine codes in both
 * directions, so that a writer and a reader cannot differ.
 *
 *     removals: count, gaps | per entity that is still held, by slot: mentioned? columns | arrivals, packed
 *
 * Arrivals follow as bits: they are few, and what they bring is new.
 */
export class SharedBodyModels {
  /** How many contexts a table has. */
  readonly contexts: number
  /** By kind. */
  readonly entities: readonly EntityModels[]
  private readonly countAt: number
  private readonly gapAt: number

  constructor(kinds: readonly KindLayout[]) {
    let next = 0
    this.entities = kinds.map((kind) => {
      const models = new EntityModels(kind, next)
      next = models.end
      return models
    })
    this.countAt = next
    this.gapAt = next + magnitudeContexts(SLOT_BITS)
    this.contexts = next + 2 * magnitudeContexts(SLOT_BITS)
  }

  codeCount(coder: BitCoder, count: number): number {
    return codeMagnitude(coder, this.countAt, SLOT_BITS, count)
  }

  codeGap(coder: BitCoder, gap: number): number {
    return codeMagnitude(coder, this.gapAt, SLOT_BITS, gap)
  }
}
