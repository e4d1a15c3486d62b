/** Numbers as a readout shows them: no more digits than can be read. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}

export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond >= 1000) return `${(bytesPerSecond / 1000).toFixed(1)} kB/s`
  return `${bytesPerSecond < 10 ? bytesPerSecond.toFixed(1) : Math.round(bytesPerSecond)} B/s`
}

export function formatBytes(bytes: number): string {
  if (bytes >= 1_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return bytes >= 1000 ? `${(bytes / 1000).toFixed(1)} kB` : `${bytes} B`
}

/** Slots are used again: the generation tells one tenant from the next. A negative id is this client's own, for now. */
export function formatId(id: number): string {
  return id < 0 ? '(new)' : `${id % 0x1_0000}.${Math.floor(id / 0x1_0000)}`
}

/** Any value of a field or a message, on one line. */
export function formatValue(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value)
  if (value === undefined) return ''
  if (value === null) return '–'
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  if (typeof value === 'object') return formatFields(value)
  return value === true ? 'yes' : value === false ? 'no' : typeof value
}

export function formatFields(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${formatValue(value)}`)
    .join(', ')
}

const ROW = 16

/** Bytes as lines of offset, hexadecimal and ASCII. */
export function formatHex(bytes: Uint8Array, mostRows: number): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length && lines.length < mostRows; at += ROW) {
    const row = bytes.subarray(at, at + ROW)
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(3 * ROW - 1)}  ${text}`)
  }
  const left = bytes.length - lines.length * ROW
  if (left > 0) lines.push(`      and ${left} more`)
  return lines.join('\n')
}
