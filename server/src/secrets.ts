/** Bytes that nobody can guess: `crypto.randomBytes`, or a test's own. */
export type RandomBytes = (length: number) => Uint8Array

/** The length of a link's id and of its token: 128 bits. */
export const SECRET_BYTES = 16

/** Bytes as ids in maps and logs. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
