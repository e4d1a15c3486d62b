import { describe, expect, it } from 'vitest'
import { SlotList } from '../../../server/src/replication/slot-list.ts'

function listOf(...slots: number[]): SlotList {
  const list = new SlotList()
  for (const slot of slots) list.push(slot)
  return list
}

describe('a list of slots', () => {
  it('holds what was pushed, in that order', () => {
    expect([...listOf(5, 3, 9)]).toEqual([5, 3, 9])
  })

  it('keeps its storage when it is emptied', () => {
    const list = listOf(...Array.from({ length: 1000 }, (_, slot) => slot))
    const { slots } = list
    list.clear()
    expect([...list]).toEqual([])
    for (let slot = 0; slot < 1000; slot++) list.push(slot)
    expect(list.slots).toBe(slots)
    expect([...list]).toEqual(Array.from({ length: 1000 }, (_, slot) => slot))
  })

  it('is sorted by number, and nothing behind its end comes along', () => {
    const list = listOf(9, 10, 100)
    list.clear()
    for (const slot of [11, 2]) list.push(slot)
    list.sort()
    expect([...list]).toEqual([2, 11])
  })
})
