import type { Context } from 'hono'
import { ProblemError } from './problem.ts'

type Asked = Readonly<Record<string, unknown>>

/** The JSON object of a request. A name that means nothing is refused: it would be a wish that nobody heard. */
export async function body(context: Context, names: readonly string[]): Promise<Asked> {
  let asked: unknown
  try {
    asked = await context.req.json()
  } catch {
    throw new ProblemError('bad-request', 'the body is no JSON')
  }
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) {
    throw new ProblemError('bad-request', `expected an object with ${names.join(', ')}`)
  }
  checkNames(Object.keys(asked), names)
  return asked as Asked
}

/** What stands behind the question mark, each name once. */
export function query(context: Context, names: readonly string[]): Readonly<Record<string, string>> {
  const asked = context.req.query()
  checkNames(Object.keys(asked), names)
  return asked
}

/** @throws ProblemError unless it is a text with something in it */
export function text(asked: Asked, name: string): string {
  const value = asked[name]
  if (typeof value === 'string' && value !== '') return value
  throw new ProblemError('bad-request', `${name}: expected a text, got ${JSON.stringify(value)}`)
}

/** @throws ProblemError unless it is a whole number from `min` on */
export function number(asked: Asked, name: string, min: number): number {
  const value = asked[name]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value
  throw new ProblemError('bad-request', `${name}: expected a whole number from ${min} on, got ${JSON.stringify(value)}`)
}

function checkNames(asked: readonly string[], names: readonly string[]): void {
  for (const name of asked) {
    if (!names.includes(name))
      throw new ProblemError('bad-request', `"${name}" means nothing here; there are ${names.join(', ')}`)
  }
}
