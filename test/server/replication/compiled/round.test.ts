import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roundToSimulation } from '@tickwire/protocol/internal'
import type { Fields, KindLayout } from '@tickwire/protocol/internal'
import { roundOf } from '../../../../server/src/replication/compiled/round.ts'
import type { RoundKind } from '../../../../server/src/replication/compiled/round.ts'
import { anything, goodValues, kindOf, values } from './kinds.ts'

/** What became of one entity: its fields or the error, and what was clamped. */
function outcome(run: RoundKind, given: Fields): unknown {
  const entity = structuredClone(given)
  const seen: unknown[] = []
  try {
    run(entity, (name, value) => seen.push([name, value]))
  } catch (error) {
    return { error: (error as Error).message, seen }
  }
  return { entity, seen }
}

describe('compiled rounding', () => {
  const kind: KindLayout = kindOf(true)
  const compiled = roundOf(kind)
  const generic: RoundKind = (entity, onClamp) => roundToSimulation(kind, entity, onClamp)

  it('leaves the values, the clamps and the errors of the generic one, bit for bit', () => {
    let rounded = 0
    fc.assert(
      fc.property(values, (one) => {
        const expected = outcome(generic, one)
        if (typeof expected === 'object' && expected !== null && 'entity' in expected) rounded++
        // Strict: a client's 0 where the server has -0 would be told apart by a division.
        expect(outcome(compiled, one)).toStrictEqual(expected)
      }),
      { numRuns: 1000 },
    )
    // Most drawn entities hold some value that cannot be rounded; enough of them do not.
    expect(rounded).toBeGreaterThan(20)
  })

  it('does so for each field that changes while the others hold', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kind.fields.map(({ name }) => name)), anything, (name, value) => {
        const one = { ...goodValues(), [name]: value }
        expect(outcome(compiled, one)).toStrictEqual(outcome(generic, one))
      }),
      { numRuns: 4000 },
    )
  })
})
