import { atan2, cos, sin } from '@tickwire/protocol'

/** What an engine's deterministic functions say, as one number: the same on every engine, or predictions differ. */
export function digest(): number {
  const bits = new DataView(new ArrayBuffer(8))
  let hash = 0
  for (let i = 0; i < 20_000; i++) {
    for (const value of [sin(i * 0.37), cos(i * 1.91), atan2(i - 9000, i * 0.7 - 5000)]) {
      bits.setFloat64(0, value)
      hash = (Math.imul(hash, 31) + bits.getInt32(0)) | 0
      hash = (Math.imul(hash, 31) + bits.getInt32(4)) | 0
    }
  }
  return hash
}
