import type { GameLayout } from '@tickwire/protocol/internal'
import { noticeOf } from './compiled/notice.ts'
import type { KindNotice } from './compiled/notice.ts'
import type { EntityRecord } from './entity-table.ts'

/** The owner and the jumps stand before the words of the fields. */
const HEAD_WORDS = 2

/**
 * What the fields of each entity held when the world was looked at last. Most things rest most of the time: a comparison per
 * field, as the values are, costs a third of turning them into rows to compare those.
 */
export class LastSeen {
  private readonly kinds: readonly KindNotice[]
  private readonly numberStride: number
  private readonly wordStride: number
  private numbers: Float64Array = new Float64Array(0)
  private readonly words: unknown[] = []

  constructor({ kinds }: GameLayout) {
    this.kinds = kinds.map(noticeOf)
    this.numberStride = Math.max(...this.kinds.map(({ numbers }) => numbers))
    this.wordStride = HEAD_WORDS + Math.max(...this.kinds.map(({ words }) => words))
  }

  /** Makes room for slots 0 to `slots - 1`. */
  reserve(slots: number): void {
    while (this.words.length < slots * this.wordStride) this.words.push(undefined)
    if (slots * this.numberStride <= this.numbers.length) return
    const grown = new Float64Array(2 * slots * this.numberStride)
    grown.set(this.numbers)
    this.numbers = grown
  }

  /** Whether anything that travels of an entity may have changed since the last call for its slot. */
  notice({ slot, kind, fields, head, jumps }: EntityRecord): boolean {
    const { words } = this
    const w = slot * this.wordStride
    const isHeadSame = words[w] === head.owner && words[w + 1] === jumps
    words[w] = head.owner
    words[w + 1] = jumps
    const { notice } = this.kinds[kind.index]!
    return notice(fields, this.numbers, slot * this.numberStride, words, w + HEAD_WORDS) || !isHeadSame
  }
}
