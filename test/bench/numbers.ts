/**
 * What benchmarks make of many values. Of no values, and of values one of which is none, every one of these is NaN: a figure of
 * something that was never measured meets no bound.
 */
export function quantile(values: readonly number[], part: number): number {
  if (values.some(Number.isNaN)) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const p99 = (values: readonly number[]): number => quantile(values, 0.99)

export const least = (values: readonly number[]): number => quantile(values, 0)

export const most = (values: readonly number[]): number => quantile(values, 1)

export const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
