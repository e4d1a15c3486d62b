import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantise } from '@tickwire/protocol/internal'
import type { Fields, KindLayout } from '@tickwire/protocol/internal'
import type { QuantiseKind } from '../../../../server/src/replication/compiled/quantise.ts'
import { quantiseOf } from '../../../../server/src/replication/compiled/quantise.ts'
import { anything, goodValues, kindOf, values } from './kinds.ts'

/** What became of one entity: its row or its error, and what was clamped. */
function outcome(kind: KindLayout, run: QuantiseKind, entity: Fields): unknown {
  const row = new Int32Array(kind.columns.length)
  const seen: unknown[] = []
  try {
    run(
      entity,
      row,
      (layout) => layout.name.length,
      (name, value) => seen.push([name, value]),
    )
  } catch (error) {
    return { error: (error as Error).message, seen }
  }
  return { row: [...row], seen }
}

describe('compiled quantise', () => {
  it.each([false, true])(
    'gives the row, the clamps and the errors of the generic one (predicted: %s)',
    (isPredicted) => {
      const kind = kindOf(isPredicted)
      const compiled = quantiseOf(kind)
      const generic: QuantiseKind = (...rest) => quantise(kind, ...rest)
      let rows = 0
      fc.assert(
        fc.property(values, (one) => {
          const expected = outcome(kind, generic, one)
          if (typeof expected === 'object' && expected !== null && 'row' in expected) rows++
          expect(outcome(kind, compiled, one)).toEqual(expected)
        }),
        { numRuns: 1000 },
      )
      // Most drawn entities hold some value that cannot be quantised; enough of them do not.
      expect(rows).toBeGreaterThan(20)
    },
  )

  it('gives the same for one field that changes while the others hold', () => {
    const kind = kindOf(true)
    const compiled = quantiseOf(kind)
    const rest = goodValues()
    const names = fc.constantFrom('place', 'odd', 'angle', 'aim', 'hidden', 'hp', 'mood', 'isOn')
    fc.assert(
      fc.property(names, anything, (name, value) => {
        const one = { ...rest, [name]: value }
        const generic = outcome(kind, (...args) => quantise(kind, ...args), one)
        expect(outcome(kind, compiled, one)).toEqual(generic)
      }),
      { numRuns: 2000 },
    )
  })
})
