import { Random } from '@tickwire/protocol'
import type { Place } from '@tickwire/protocol'
import { GameCodec } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { EntityViews } from '../../../sdk/src/view/views.ts'
import type { ViewEntry } from '../../../sdk/src/view/views.ts'
import { smallGame } from '../../server/room/small-game.ts'

const { layout } = new GameCodec(smallGame().schema)
const random = new Random(4)
const somewhere = (): Place => ({ x: random.next() * 100, y: random.next() * 100 })

/** So many entities, drawn at places of the test's own. */
class Crowd {
  readonly views: EntityViews = new EntityViews(layout, 0)
  readonly entries: ViewEntry[] = []
  readonly kind: 'ball' | 'coin'

  constructor(kind: 'ball' | 'coin', count: number) {
    this.kind = kind
    for (let id = 0; id < count; id++) this.add(id, somewhere())
  }

  add(id: number, at: Place): void {
    const entry = this.views.add(layout.kindByName.get(this.kind)!, id, null)
    this.entries.push(entry)
    this.move(entry, at)
  }

  move(entry: ViewEntry, at: Place): void {
    Object.assign(entry.fields, at)
    this.views.moved(entry)
  }

  remove(entry: ViewEntry): void {
    this.views.remove(entry)
    this.entries.splice(this.entries.indexOf(entry), 1)
  }

  /** How many were looked at; and all within the radius must be among them. */
  looksAt(at: Place, radius: number): number {
    const found = new Set(this.views.around(this.kind, at, radius))
    for (const entry of this.entries) {
      const { x, y } = entry.fields as unknown as Place
      if ((x - at.x) ** 2 + (y - at.y) ** 2 <= radius * radius) expect(found.has(entry)).toBe(true)
    }
    for (const entry of found) expect(this.entries).toContain(entry)
    return found.size
  }
}

describe.each(['ball', 'coin'] as const)('EntityViews.around, for %ss', (kind) => {
  it('looks at few of many from the second question on, and misses none, also beyond the border', () => {
    const crowd = new Crowd(kind, 1000)
    expect(crowd.looksAt({ x: 50, y: 50 }, 5)).toBe(1000)
    for (let i = 0; i < 100; i++) expect(crowd.looksAt(somewhere(), 5)).toBeLessThan(100)
    crowd.looksAt({ x: 103, y: -3 }, 10)
    expect(crowd.looksAt({ x: 50, y: 50 }, 1000)).toBe(1000)
  })

  it('follows what moves, comes and goes', () => {
    const crowd = new Crowd(kind, 200)
    for (let round = 0; round < 20; round++) {
      crowd.move(crowd.entries[round]!, somewhere())
      crowd.add(1000 + round, { x: 120, y: 120 })
      crowd.remove(crowd.entries[50]!)
      for (let i = 0; i < 5; i++) crowd.looksAt(somewhere(), 15)
      expect(crowd.looksAt({ x: 120, y: 120 }, 1)).toBeGreaterThan(round)
    }
  })

  it('does not mind what was never drawn', () => {
    const crowd = new Crowd(kind, 200)
    const fresh = crowd.views.add(layout.kindByName.get(kind)!, 999, null)
    crowd.entries.push(fresh)
    for (let i = 0; i < 5; i++) crowd.looksAt(somewhere(), 15)
    crowd.move(fresh, { x: 50, y: 50 })
    for (let i = 0; i < 3; i++) crowd.looksAt({ x: 50, y: 50 }, 1)
  })

  it('walks over few', () => {
    const crowd = new Crowd(kind, 20)
    for (let i = 0; i < 3; i++) expect(crowd.looksAt({ x: 50, y: 50 }, 1)).toBe(20)
  })
})
