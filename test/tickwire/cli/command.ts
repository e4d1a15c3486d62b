// The command line from its sources, as a shell would run it.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const command = ['--conditions=@tickwire/source', '--import', './scripts/ts.mjs', 'tickwire/src/cli/main.ts']

/** Runs to the end. */
export function tickwire(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [...command, ...args], { cwd: root, encoding: 'utf8' })
}

/** Runs until it is killed. */
export function startTickwire(...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...command, ...args], { cwd: root })
}
