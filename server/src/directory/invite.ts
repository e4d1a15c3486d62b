import { LIMITS } from '@tickwire/protocol'
import type { RandomBytes } from '../secrets.ts'

/** Letters and digits that nobody takes for one another, read aloud or written by hand: without 0 and O, 1, I and L. */
export const INVITE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** Bytes from here on would make some letters likelier than others. */
const UNBIASED = 256 - (256 % INVITE_ALPHABET.length)

/** A code that opens a room to who knows it. */
export function drawInvite(randomBytes: RandomBytes): string {
  let code = ''
  while (code.length < LIMITS.inviteCodeLength) {
    for (const byte of randomBytes(LIMITS.inviteCodeLength)) {
      if (byte < UNBIASED && code.length < LIMITS.inviteCodeLength)
        code += INVITE_ALPHABET[byte % INVITE_ALPHABET.length]
    }
  }
  return code
}

/** As somebody typed it: in small letters, with a gap in the middle. */
export function normalInvite(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '')
}
