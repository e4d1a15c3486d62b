import { execFileSync } from 'node:child_process'

/** One measured number, and what it must be. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** `<= 2`, `>= 0.98`, or '' for a figure that is only printed. */
  readonly must: string
}

export interface Bench {
  readonly name: string
  /** What it does, in one line. */
  readonly about: string
  /** @param only names of parts to run; none: all */
  run(say: (line: string) => void, only?: readonly string[]): Promise<readonly Figure[]>
}

export function isMet({ value, must }: Figure): boolean {
  const [operator, bound] = must.split(' ')
  if (operator === '<=') return value <= Number(bound)
  if (operator === '>=') return value >= Number(bound)
  if (operator === '<') return value < Number(bound)
  if (operator === '=') return value === Number(bound)
  return must === ''
}

/** Prints the figures, and last which of their bounds are not met: a table may be longer than a screen. */
export function printTable(figures: readonly Figure[], say: (line: string) => void): void {
  const width = Math.max(...figures.map(({ name }) => name.length))
  for (const figure of figures) {
    const { name, value, unit, must } = figure
    const verdict = must === '' ? '' : `  must be ${must}: ${isMet(figure) ? 'ok' : 'NOT MET'}`
    say(`${name.padEnd(width)}  ${format(value).padStart(10)} ${unit}${verdict}`)
  }
  const bound = figures.filter(({ must }) => must !== '')
  const missed = bound.filter((figure) => !isMet(figure))
  if (missed.length === 0) say(`all ${bound.length} bounds met`)
  else say(`${missed.length} of ${bound.length} bounds NOT MET: ${missed.map(({ name }) => name).join(', ')}`)
}

export function toJson(bench: string, figures: readonly Figure[]): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const rows = figures.map((figure) => ({ ...figure, value: Number(format(figure.value)), ok: isMet(figure) }))
  return JSON.stringify({ bench, node: process.version, commit, figures: rows })
}

const format = (value: number): string => (Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4))
