import type { BlobBytes, OnBlob } from '../record.ts'
import { Expectation } from '../expectation.ts'
import type { KindLayout } from '../layout.ts'
import { EntityModels } from './entity-models.ts'
import { codeMagnitude, MAGNITUDE_CONTEXTS } from './models.ts'
import type { BitCoder } from './models.ts'

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
  private readonly entities: readonly EntityModels[]
  private readonly expectations: readonly Expectation[]
  private readonly countAt: number
  private readonly gapAt: number

  constructor(kinds: readonly KindLayout[]) {
    let next = 0
    this.entities = kinds.map((kind) => {
      const models = new EntityModels(kind, next)
      next += EntityModels.size(kind)
      return models
    })
    this.expectations = kinds.map(({ tracks }) => new Expectation(tracks.all))
    this.countAt = next
    this.gapAt = next + MAGNITUDE_CONTEXTS
    this.contexts = next + 2 * MAGNITUDE_CONTEXTS
  }

  codeCount(coder: BitCoder, count: number): number {
    return codeMagnitude(coder, this.countAt, count)
  }

  codeGap(coder: BitCoder, gap: number): number {
    return codeMagnitude(coder, this.gapAt, gap)
  }

  codeMention(coder: BitCoder, kind: number, age: number, isMentioned: boolean): boolean {
    return this.entities[kind]!.codeMention(coder, age, isMentioned)
  }

  /**
   * One record, from the anchor at `from` to the one at `next`, which a reader leaves to this routine to fill, hidden
   * columns included.
   * @param blobs of a writer
   * @param onBlob of a reader
   */
  codeRecord(
    coder: BitCoder,
    kind: number,
    age: number,
    from: Int32Array,
    fromAt: number,
    ticks: number,
    next: Int32Array,
    nextAt: number,
    blobs: BlobBytes | null,
    onBlob: OnBlob | null,
  ): void {
    const models = this.entities[kind]!
    const expectation = this.expectations[kind]!
    const { track } = models
    expectation.begin(from, fromAt, ticks)
    let neighbour = false
    for (let i = 0; i < track.columns.length; i++) {
      if (i === track.sourcesEnd) expectation.move(from, fromAt, ticks)
      const expected = expectation.columns[i]!
      neighbour = models.codeChanged(coder, i, age, neighbour, next[nextAt + i] !== expected)
      if (!neighbour) continue
      const { blob, blobMaxBytes } = track.columns[i]!
      if (blob < 0) {
        expectation.columns[i] = models.codeValue(coder, i, age, next[nextAt + i]!, expected, expectation.held)
      } else {
        expectation.columns[i] = (expected + 1) | 0
        codeBlob(coder, blob, blobMaxBytes, blobs, onBlob)
      }
    }
    if (onBlob === null) return
    for (let i = 0; i < track.size; i++) next[nextAt + i] = expectation.columns[i]!
    expectation.settleBegun(from, fromAt, ticks, next, nextAt)
  }
}

function codeBlob(
  coder: BitCoder,
  blob: number,
  maxBytes: number,
  blobs: BlobBytes | null,
  onBlob: OnBlob | null,
): void {
  const bytes = blobs?.(blob)
  const length = Math.min(maxBytes, coder.raw(bytes?.length ?? 0, 16))
  const read = new Uint8Array(length)
  for (let i = 0; i < length; i++) read[i] = coder.raw(bytes?.[i] ?? 0, 8)
  onBlob?.(blob, read)
}
