import { describe, expect, it } from 'vitest'
import { printTable } from './report.ts'
import type { Figure } from './report.ts'

const figure = (name: string, value: number, must: string): Figure => ({ name, value, unit: 'us', must })

function lastLineOf(figures: readonly Figure[]): string {
  const lines: string[] = []
  printTable(figures, (line) => lines.push(line))
  return lines.at(-1)!
}

describe("a benchmark's table", () => {
  it('ends with the names of the figures that are out of their bounds', () => {
    const [met, over, none] = [figure('met', 1, '<= 1'), figure('over', 2, '< 2'), figure('none', Number.NaN, '>= 0')]
    expect(lastLineOf([met, over, none, figure('free', 9, '')])).toBe('2 of 3 bounds NOT MET: over, none')
  })

  it('says when all are within theirs', () => {
    expect(lastLineOf([figure('met', 1, '= 1'), figure('free', 9, '')])).toBe('all 1 bounds met')
  })
})
