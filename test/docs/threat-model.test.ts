import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CLOSE } from 'tickwire'
import { COUNTERS } from '../../server/src/counters.ts'
import { serverLimits } from '../../server/src/limits.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/threat-model.md')
const rows = [...page.matchAll(/^\| `(\w+)` +\| (.*) \|$/gm)].map(([, name, rest]) => ({
  name: name!,
  cells: rest!.split('|').map((cell) => cell.trim()),
}))
const wordsIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word!)

describe('the threat model', () => {
  const named = [...page.matchAll(/`(test\/[\w/.-]+\.ts)`(?::\s+"([^"]+)")?/g)]

  it('names tests that exist', () => {
    expect(named.length).toBeGreaterThan(30)
    for (const [, path, title] of named) {
      const source = read(path!)
      if (title !== undefined) expect(source, path).toContain(title)
    }
  })

  it('lists every limit with its default, and no other', () => {
    const limits: Record<string, number> = { ...serverLimits() }
    expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(limits).toSorted())
    for (const { name, cells } of rows) expect(Number(cells[1]!.replaceAll(',', '')), name).toBe(limits[name])
  })

  it('counts under names that counters have', () => {
    for (const { name, cells } of rows) {
      for (const counter of wordsIn(cells[3] ?? '')) expect(COUNTERS, name).toContain(counter)
    }
  })

  it('closes with codes of the table', () => {
    const closes = rows.flatMap(({ cells }) =>
      cells[2]!.split(';')[0]!.startsWith('close') ? wordsIn(cells[2]!.split(';')[0]!) : [],
    )
    expect(closes.length).toBeGreaterThan(8)
    for (const name of closes) expect(Object.keys(CLOSE)).toContain(name)
  })
})
