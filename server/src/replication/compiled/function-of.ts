import type { KindLayout } from '@tickwire/protocol/internal'

/**
 * What is done to every entity in every tick is written out per kind, as the text of a function: one property access by name
 * and a few operations on numbers per field, where a loop over the layout looks each field up and asks for its kind (six times
 * as long, and an object for every fraction that it writes). Each such function does the operations of its generic twin in the
 * same order, and hands whatever is rare or out of range to it.
 *
 * @param body of a function that returns the function; `helper` is in its scope
 * @returns null where code from strings is forbidden (`--disallow-code-generation-from-strings`): the generic twin does it all
 */
export function functionOf(body: string, helper?: unknown): unknown {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is made of a checked schema, its names are quoted
    return new Function('helper', `'use strict'; ${body}`)(helper)
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
    return null
  }
}

/** Something made for each kind. */
export type OfKind<F> = (kind: KindLayout) => F

/** Layouts are made once per schema, so all rooms of a game share what is compiled. */
export function oncePerKind<F>(compile: OfKind<F>): OfKind<F> {
  const cache = new WeakMap<KindLayout, F>()
  return (kind) => {
    let compiled = cache.get(kind)
    if (compiled === undefined) cache.set(kind, (compiled = compile(kind)))
    return compiled
  }
}

/** A property of a name that need not be an identifier. */
export const property = (object: string, name: string): string => `${object}[${JSON.stringify(name)}]`
