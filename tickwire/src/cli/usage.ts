/** A mistake of the person at the keyboard: told in one line, without a stack trace. */
export class UsageError extends Error {
  override name = 'UsageError'
}
