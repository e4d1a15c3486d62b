/**
 * Hashes for comparing, not for secrets: MurmurHash3 (x86, 32 bit) by Austin Appleby, in the public domain, fed with whole
 * 32-bit words. Same words, same hash, on every engine.
 */

/** Takes one 32-bit word into a running hash. Begin with a seed, end with `finishHash`. */
export function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e_2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b87_3593)
  const mixed = hash ^ k
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe654_6b64) | 0
}

/** Ends a running hash over `words` words: every bit of the result, a u32, depends on every bit put in. */
export function finishHash(hash: number, words: number): number {
  let h = hash ^ (words * 4)
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A u32 for a text; each UTF-16 code unit counts as one word. Used for the sections of a schema. */
export function hashText(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = mixWord(hash, text.charCodeAt(i))
  return finishHash(hash, text.length)
}

/**
 * A u32 for `view[from]` to `view[to - 1]`. Chain several ranges by passing one result as the next seed.
 * @throws RangeError when the range is not within `view`
 */
export function hashInts(view: Int32Array, from: number, to: number, seed: number): number {
  if (!(from >= 0 && from <= to && to <= view.length)) {
    throw new RangeError(`hashInts: expected a range within 0..${view.length}, got ${from}..${to}`)
  }
  let hash = seed | 0
  for (let i = from; i < to; i++) hash = mixWord(hash, view[i]!)
  return finishHash(hash, to - from)
}
