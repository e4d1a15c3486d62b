import type { SlotList } from './slot-list.ts'

/** A set of slots, a bit each: what one client holds, sees or must be told of is compared 32 entities at a time. */
export class SlotSet {
  words: Uint32Array = new Uint32Array(0)

  /** Makes room for slots 0 to `slots - 1`. */
  reserve(slots: number): void {
    const words = (slots + 31) >>> 5
    if (words <= this.words.length) return
    const grown = new Uint32Array(words + 8)
    grown.set(this.words)
    this.words = grown
  }

  has(slot: number): boolean {
    // Behind the end: a shift of undefined is one of 0.
    return ((this.words[slot >>> 5]! >>> (slot & 31)) & 1) !== 0
  }

  /** Room for it must have been made. */
  add(slot: number): void {
    this.words[slot >>> 5]! |= 1 << (slot & 31)
  }

  delete(slot: number): void {
    if (slot >>> 5 < this.words.length) this.words[slot >>> 5]! &= ~(1 << (slot & 31))
  }

  /** Room for them must have been made. */
  addAll({ words }: SlotSet): void {
    for (let i = 0; i < words.length; i++) if (words[i] !== 0) this.words[i]! |= words[i]!
  }

  clear(): void {
    this.words.fill(0)
  }
}

/** The places of slots among those of a set. It is asked for rising ones, so that no word is counted twice. */
export class SlotRanks {
  private set: SlotSet = new SlotSet()
  private word = 0
  private before = 0

  begin(set: SlotSet): void {
    this.set = set
    this.word = 0
    this.before = 0
  }

  of(slot: number): number {
    const { words } = this.set
    while (this.word < slot >>> 5) this.before += bitCount(words[this.word++]!)
    return this.before + bitCount(words[this.word]! & ((1 << (slot & 31)) - 1))
  }
}

/** How many slots are in a set. */
export function sizeOf({ words }: SlotSet): number {
  let size = 0
  for (const word of words) size += bitCount(word)
  return size
}

/** One more than the last slot of a set. */
export function slotsOf({ words }: SlotSet): number {
  let last = words.length - 1
  while (last >= 0 && words[last] === 0) last--
  return last < 0 ? 0 : (last << 5) + 32 - Math.clz32(words[last]!)
}

function bitCount(word: number): number {
  let count = 0
  for (let left = word; left !== 0; left &= left - 1) count++
  return count
}

/** Appends the slots of one word of a set, rising. */
export function pushSlots(word: number, index: number, list: SlotList): void {
  for (let left = word; left !== 0; left &= left - 1) list.push((index << 5) + 31 - Math.clz32(left & -left))
}
