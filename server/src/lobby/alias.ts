import { LIMITS, RefusedError } from '@tickwire/protocol'

const MIN_LENGTH = 2
/** Only these: letters of other scripts look like them, and are other letters. */
const ALIAS = new RegExp(`^[a-z0-9][a-z0-9_-]{${MIN_LENGTH - 1},${LIMITS.maxAliasBytes - 1}}$`)

/** A name as it is compared. @throws RefusedError `bad-alias` */
export function normalAlias(typed: string): string {
  const alias = typed.normalize('NFKC').trim().toLowerCase()
  if (ALIAS.test(alias)) return alias
  const length = `${MIN_LENGTH} to ${LIMITS.maxAliasBytes}`
  throw new RefusedError(
    'bad-alias',
    `an alias is ${length} letters a-z, digits, _ and -, and begins with a letter or digit`,
  )
}
