import { describe, expect, it } from 'vitest'
import { iterateDense } from '../../server/src/iterate-dense.ts'

describe('iterateDense', () => {
  it('gives what is there, in order, and nothing for holes', () => {
    const items = [undefined, 'a', undefined, undefined, 'b', undefined]
    expect([...{ [Symbol.iterator]: () => iterateDense(items) }]).toEqual(['a', 'b'])
    expect(iterateDense([]).next()).toEqual({ done: true, value: undefined })
  })

  it('sees what is added and removed ahead of it while it runs', () => {
    const items: (number | undefined)[] = [1, 2, 3]
    const seen: number[] = []
    for (const item of { [Symbol.iterator]: () => iterateDense(items) }) {
      seen.push(item)
      if (item === 1) items[1] = undefined
      if (item === 3) items.push(4)
    }
    expect(seen).toEqual([1, 3, 4])
  })
})
