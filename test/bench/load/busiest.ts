import { Session } from 'node:inspector/promises'
import type { Profiler } from 'node:inspector'
import { setTimeout as pause } from 'node:timers/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A function, and its own part of the time in which the process was busy. */
export interface Busy {
  readonly name: string
  readonly share: number
}

/** Looks at what this process does for a while. */
export async function profile(forMs: number): Promise<Profiler.Profile> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  await pause(forMs)
  const { profile: seen } = await session.post('Profiler.stop')
  session.disconnect()
  return seen
}

/** The functions that a process is in for most of the time: what they call counts for whom they call. */
export function busiest({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, count: number): Busy[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let busy = 0
  for (const [i, id] of samples.entries()) {
    const name = names.get(id)!
    if (name === '(idle)') continue
    busy += timeDeltas[i]!
    times.set(name, (times.get(name) ?? 0) + timeDeltas[i]!)
  }
  const functions = [...times].filter(([name]) => !ENGINE.has(name))
  functions.sort((a, b) => b[1] - a[1])
  return functions.slice(0, count).map(([name, time]) => ({ name, share: time / busy }))
}

/** What is no function of anybody: native code and system calls, the collector. */
const ENGINE: ReadonlySet<string> = new Set(['(program)', '(garbage collector)', '(root)'])
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

function nameOf({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName === '' ? '(native)' : functionName
  const path = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url
  return `${functionName === '' ? '(anonymous)' : functionName} (${path.replace(/^.*node_modules\//, '')}:${lineNumber + 1})`
}
