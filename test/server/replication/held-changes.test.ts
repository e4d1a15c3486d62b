import { describe, expect, it } from 'vitest'
import { HeldChanges } from '../../../server/src/replication/held-changes.ts'
import { IN_STEP, NOTHING, OwnHeld, SparseHeld } from '../../../server/src/replication/held.ts'

describe('HeldChanges', () => {
  it('puts everything back as it was, whatever changed twice, in whichever track', () => {
    const [dense, sparse] = [new OwnHeld(), new SparseHeld()]
    dense.set(3, 65_539, IN_STEP, 0)
    sparse.set(7, 7, 4, 0)
    const changes = new HeldChanges()
    const hold = (held: OwnHeld | SparseHeld, slot: number, id: number, tick: number): void => {
      changes.remember(held, slot)
      held.set(slot, id, tick, 0)
    }
    hold(dense, 3, 3, 20)
    hold(dense, 3, NOTHING, NOTHING)
    hold(sparse, 7, NOTHING, NOTHING)
    // More than it has room for at first.
    for (let slot = 10; slot < 50; slot++) hold(dense, slot, slot, 20)
    changes.undo()
    expect([dense.idAt(3), dense.tickAt(3)]).toEqual([65_539, IN_STEP])
    expect([dense.idAt(20), dense.held.has(3), dense.held.has(20)]).toEqual([NOTHING, true, false])
    expect([sparse.idAt(7), sparse.tickAt(7), sparse.slots()]).toEqual([7, 4, [7]])
  })

  it('takes nothing back twice, and nothing that was forgotten', () => {
    const held = new SparseHeld()
    const changes = new HeldChanges()
    changes.remember(held, 1)
    held.set(1, 1, 5, 0)
    changes.forget()
    changes.undo()
    expect(held.tickAt(1)).toBe(5)
    changes.remember(held, 1)
    held.set(1, 1, 6, 0)
    changes.undo()
    held.set(1, 1, 7, 0)
    changes.undo()
    expect(held.tickAt(1)).toBe(7)
  })

  it('does not know the row any more of what had an anchor of its own', () => {
    const held = new OwnHeld()
    held.set(4, 4, 12, 1)
    const changes = new HeldChanges()
    changes.remember(held, 4)
    held.set(4, 4, IN_STEP, 0)
    changes.undo()
    expect([held.idAt(4), held.tickAt(4), held.outOfStep.get(4)?.isLate]).toEqual([4, NOTHING, true])
  })
})
