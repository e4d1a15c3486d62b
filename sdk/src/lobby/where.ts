import { ConfigError } from '@tickwire/protocol'

type Said = Readonly<Record<string, unknown>>

/** The word of the text form for each key of a condition. */
const WORDS: Readonly<Record<string, string>> = {
  not: '!=',
  min: '>=',
  max: '<=',
  above: '>',
  below: '<',
  contains: 'contains',
  in: 'in',
}

/** Conditions as text, which is how they travel. @throws ConfigError for what is no condition */
export function whereText(where: unknown): string {
  if (where === undefined) return ''
  if (typeof where === 'string') return where
  if (typeof where !== 'object' || where === null) throw new ConfigError('where', 'a text or an object', where)
  const conditions = Object.entries(where as Said).filter(([, condition]) => condition !== undefined)
  return conditions.flatMap(([name, condition]) => textsOf(name, condition)).join(' and ')
}

function textsOf(name: string, condition: unknown): string[] {
  if (typeof condition !== 'object' || condition === null) return [`${name} = ${valueText(name, condition)}`]
  return Object.entries(condition as Said).map(([key, value]) => {
    const word = WORDS[key]
    if (word === undefined) throw new ConfigError(`where.${name}`, `one of ${Object.keys(WORDS).join(', ')}`, key)
    const text = Array.isArray(value)
      ? `(${value.map((one) => valueText(name, one)).join(', ')})`
      : valueText(name, value)
    return `${name} ${word} ${text}`
  })
}

function valueText(name: string, value: unknown): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
  if (typeof value === 'boolean') return String(value)
  // The text form knows no exponents.
  if (typeof value === 'number' && Number.isFinite(value)) return value.toFixed(10).replace(/\.?0+$/, '')
  throw new ConfigError(`where.${name}`, 'a text, a number or a truth', value)
}
