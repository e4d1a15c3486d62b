import { expect } from 'vitest'

/** Numbers of any structure within `tolerance`; everything else equal. */
export function expectClose(actual: unknown, expected: unknown, tolerance: number): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const slack = tolerance * 0.51 + Math.abs(expected) * 1e-12
    expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(slack)
  } else if (Array.isArray(expected) && Array.isArray(actual)) {
    expect(actual).toHaveLength(expected.length)
    for (const [i, one] of expected.entries()) expectClose(actual[i], one, tolerance)
  } else if (isRecord(expected) && isRecord(actual)) {
    expect(Object.keys(actual)).toEqual(Object.keys(expected))
    for (const [key, one] of Object.entries(expected)) expectClose(actual[key], one, tolerance)
  } else expect(actual).toEqual(expected)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}
