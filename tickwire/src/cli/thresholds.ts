import { UsageError } from './usage.ts'

/** `tick.p99>8`: fails when the figure is beyond the bound. */
export interface Threshold {
  readonly text: string
  readonly path: readonly string[]
  readonly isBroken: (value: number) => boolean
}

const FORM = /^\s*([\w.]+)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$/

/** @throws UsageError for what is no comparison */
export function parseThreshold(text: string): Threshold {
  const [, path, operator, bound] = FORM.exec(text) ?? []
  if (path === undefined || bound === undefined) {
    throw new UsageError(`--fail-if: expected a comparison like "tick.p99>8" or "open<1000", got "${text}"`)
  }
  const limit = Number(bound)
  const isBroken = (value: number): boolean => {
    if (operator === '>') return value > limit
    if (operator === '<') return value < limit
    return operator === '>=' ? value >= limit : value <= limit
  }
  return { text: text.trim(), path: path.split('.'), isBroken }
}

/**
 * The thresholds that a report breaks, each with what was measured.
 * @throws UsageError for a figure that the report does not have: a test that asks for nothing would always pass
 */
export function brokenThresholds(report: object, thresholds: readonly Threshold[]): string[] {
  return thresholds.flatMap(({ text, path, isBroken }) => {
    let value: unknown = report
    for (const name of path) value = isRecord(value) ? value[name] : undefined
    if (typeof value !== 'number') {
      throw new UsageError(
        `--fail-if: the report has no number "${path.join('.')}"; it has ${figuresOf(report).join(', ')}`,
      )
    }
    return isBroken(value) ? [`${text}: it is ${value}`] : []
  })
}

function figuresOf(report: object, prefix: string = ''): string[] {
  return Object.entries(report).flatMap(([name, value]) => {
    if (typeof value === 'number') return [`${prefix}${name}`]
    return isRecord(value) ? figuresOf(value, `${prefix}${name}.`) : []
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
