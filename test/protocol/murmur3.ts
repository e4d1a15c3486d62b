/** MurmurHash3_x86_32 as published, byte by byte and in BigInt: an oracle that shares no line with the product. */

const MASK = 0xffff_ffffn
const multiply = (a: bigint, b: bigint): bigint => (a * b) & MASK
const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & MASK
const scramble = (k: bigint): bigint => multiply(rotate(multiply(k, 0xcc9e2d51n), 15n), 0x1b873593n)

/** The hash of a list of bytes, as a u32. */
export function murmur3(bytes: readonly number[], seed: number): number {
  let hash = BigInt(seed >>> 0)
  const whole = bytes.length - (bytes.length % 4)
  for (let at = 0; at < whole; at += 4) {
    hash = (multiply(rotate(hash ^ scramble(littleEndian(bytes.slice(at, at + 4))), 13n), 5n) + 0xe6546b64n) & MASK
  }
  hash ^= scramble(littleEndian(bytes.slice(whole)))
  hash ^= BigInt(bytes.length)
  hash = multiply(hash ^ (hash >> 16n), 0x85ebca6bn)
  hash = multiply(hash ^ (hash >> 13n), 0xc2b2ae35n)
  return Number(hash ^ (hash >> 16n))
}

function littleEndian(bytes: readonly number[]): bigint {
  return bytes.reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n)
}
