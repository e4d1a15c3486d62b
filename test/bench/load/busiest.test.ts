import type { Profiler } from 'node:inspector'
import { describe, expect, it } from 'vitest'
import { busiest } from './busiest.ts'

const node = (id: number, functionName: string, file = ''): Profiler.Profile['nodes'][number] => ({
  id,
  callFrame: {
    functionName,
    scriptId: '0',
    url: file === '' ? '' : new URL(`../../../${file}`, import.meta.url).href,
    lineNumber: 9,
    columnNumber: 0,
  },
})

describe('busiest', () => {
  it('names functions by their part of the busy time, wherever they were called from', () => {
    const seen: Profiler.Profile = {
      nodes: [
        node(1, '(idle)'),
        node(2, 'fly', 'demo/shared/simulate.ts'),
        node(3, '(program)'),
        node(4, 'fly', 'demo/shared/simulate.ts'),
        node(5, '', 'server/src/room/room.ts'),
        node(6, 'rare', 'server/src/room/room.ts'),
      ],
      startTime: 0,
      endTime: 1000,
      samples: [1, 2, 3, 4, 5, 6],
      timeDeltas: [900, 20, 50, 10, 15, 5],
    }
    expect(busiest(seen, 2)).toEqual([
      { name: 'fly (demo/shared/simulate.ts:10)', share: 0.3 },
      { name: '(anonymous) (server/src/room/room.ts:10)', share: 0.15 },
    ])
  })
})
