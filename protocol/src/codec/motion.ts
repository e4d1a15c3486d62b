import type { EntityDef } from '../schema/define.ts'
import type { FieldSpec } from '../schema/spec.ts'
import type { FieldLayout, Rate, Trend } from './track.ts'

/** Which columns of a track move by rule. */
export interface Motion {
  readonly rates: readonly Rate[]
  readonly trends: readonly Trend[]
  readonly velocity: readonly Trend[]
}

export const RESTING: Motion = { rates: [], trends: [], velocity: [] }

/** Only public columns move by rule; their track starts at 0. Hidden columns come behind all others, from `end` on. */
export function motionOf(laidFields: readonly FieldLayout[], def: EntityDef, tickRateHz: number, end: number): Motion {
  const { fields, options } = def
  const laid = (name: string | undefined): FieldLayout[] => laidFields.filter((one) => one.name === name)
  const rates: Rate[] = []
  for (const [target, source] of Object.entries(options.rates ?? {})) {
    const [[to], [from]] = [laid(target), laid(source)]
    if (to === undefined || from === undefined) continue
    const { num, den } = ratio(stepOf(fields[from.name]?.spec) / stepOf(fields[to.name]?.spec) / tickRateHz)
    for (let part = 0; part < to.parts; part++) {
      rates.push({ target: to.column + part, source: from.column + part, num, den, carry: end + rates.length })
    }
  }
  const first = end + rates.length
  const trends: Trend[] = (options.trend ?? [])
    .flatMap(laid)
    .flatMap(({ column, parts, spec }) =>
      // Which component of a rotation is the largest is no number that goes on.
      spec.kind === 'quaternion'
        ? columnsFrom(column + 1, parts - 1).map((target) => ({ target, largest: column }))
        : columnsFrom(column, parts).map((target) => ({ target, largest: -1 })),
    )
    .map((part, i) => ({ ...part, change: first + 2 * i, carry: first + 2 * i + 1 }))
  const places = (options.position ?? []).flatMap(laid).flatMap(({ column, parts }) => columnsFrom(column, parts))
  const velocity = trends.filter(({ target }) =>
    rates.some(({ source, target: moved }) => source === target && places.includes(moved)),
  )
  return { rates, trends, velocity: velocity.length === places.length ? velocity : [] }
}

const columnsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)

function stepOf(spec: FieldSpec | undefined): number {
  if (spec?.kind === 'angle') return (Math.PI * 2) / (1 << spec.bits)
  return spec !== undefined && 'precision' in spec ? spec.precision : 1
}

/** The nearest fraction with a denominator up to 2^16, by continued fractions; exact for the usual powers of two. */
function ratio(value: number): { num: number; den: number } {
  let [num, den, lastNum, lastDen] = [Math.floor(value), 1, 1, 0]
  let rest = value - Math.floor(value)
  while (rest > 1e-9 && Math.abs(num / den - value) > value * 1e-12) {
    const whole = Math.floor(1 / rest)
    const [nextNum, nextDen] = [whole * num + lastNum, whole * den + lastDen]
    if (nextDen > 0x1_0000) break
    ;[lastNum, lastDen, num, den] = [num, den, nextNum, nextDen]
    rest = 1 / rest - whole
  }
  return { num, den }
}
