import type { Impairment } from '@tickwire/sdk'
import { UsageError } from './usage.ts'

/** A whole number from an option. */
export function whole(name: string, min: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= min) return value
    throw new UsageError(`--${name}: expected a whole number from ${min} on, got "${text}"`)
  }
}

/** A number of seconds from an option. */
export function seconds(name: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isFinite(value) && value >= 0) return value
    throw new UsageError(`--${name}: expected seconds, got "${text}"`)
  }
}

/** A server's address as clients read it: `http` is `ws`. @param name of the option; undefined for an argument */
export function serverAddress(text: string, name?: string): URL {
  if (/^(ws|http)s?:/.test(text) && URL.canParse(text)) return new URL(text.replace(/^http/, 'ws'))
  const prefix = name === undefined ? '' : `--${name}: `
  throw new UsageError(`${prefix}expected a server such as ws://localhost:2567, got "${text}"`)
}

/** A JSON object from an option. */
export function jsonObject(name: string): (text: string) => Readonly<Record<string, unknown>> {
  return (text) => {
    const value = parseJson(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
    throw new UsageError(`--${name}: expected a JSON object like '{"name":"Ada"}', got ${text}`)
  }
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const IMPAIRMENTS: Readonly<Record<string, keyof Omit<Impairment, 'stall' | 'reorder'>>> = {
  latency: 'latencyMs',
  jitter: 'jitterMs',
  loss: 'lossPercent',
  kbps: 'throttleKbps',
  cut: 'cutAfterMs',
}

/** `latency=75,jitter=30,loss=1,kbps=256,stall=300/5000,cut=20000`: ms each way, percent, and a stall of 300 ms every 5 s. */
export function impairment(text: string): Impairment {
  const parts: Record<string, unknown> = {}
  for (const part of text.split(',').filter((piece) => piece !== '')) {
    const [name = '', value] = part.split('=', 2)
    const option = IMPAIRMENTS[name]
    if (name === 'stall') {
      const [forMs, everyMs] = (value ?? '').split('/', 2)
      parts['stall'] = { forMs: finite(part, forMs), everyMs: finite(part, everyMs) }
    } else if (option !== undefined) parts[option] = finite(part, value)
    else throw new UsageError(`--impair: expected ${Object.keys(IMPAIRMENTS).join(', ')} or stall, got "${name}"`)
  }
  return parts
}

function finite(part: string, text: string | undefined): number {
  const value = Number(text || NaN)
  if (Number.isFinite(value)) return value
  throw new UsageError(`--impair: "${part}" is no number; write latency=75,jitter=30,loss=1 or stall=300/5000`)
}
