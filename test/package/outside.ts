// What somebody has who installs the packages: tarballs as a release would make them, in a folder with no workspace around it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packages } from '../../scripts/tarballs.ts'

interface Manifest {
  readonly version: string
  readonly dependencies?: Record<string, string>
}

export const root = fileURLToPath(new URL('../..', import.meta.url))
/** The name that a folder of the workspace is installed by. */
export function published(folder: string): string {
  return folder === 'tickwire' ? folder : `@tickwire/${folder}`
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tickwire-package-'))
}

/** Dependencies on the tarballs of the packages, and what makes their own dependencies on each other mean them too. */
export function onTarballs(tarballs: Readonly<Record<string, string>>): {
  dependencies: Record<string, string>
  overrides: Record<string, string>
} {
  const dependencies = Object.fromEntries(packages.map((folder) => [published(folder), `file:${tarballs[folder]}`]))
  const overrides = Object.fromEntries(Object.keys(dependencies).map((name) => [name, `$${name}`]))
  return { dependencies, overrides }
}

/** The versions that the workspace itself has. */
export function versions(...names: string[]): Record<string, string> {
  const installed = join(root, 'test/node_modules')
  return Object.fromEntries(names.map((name) => [name, readManifest(join(installed, name)).version]))
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

export function writeJson(folder: string, name: string, value: object): void {
  writeFileSync(join(folder, name), JSON.stringify(value, null, 2))
}

/** What a command left behind. */
export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs to the end, however it ends. */
export function finish(cwd: string, command: string, ...args: string[]): Finished {
  const env = { ...process.env, PORT: '0' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Runs to the end and returns what it printed; a failure throws with all that it said. */
export function run(cwd: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = finish(cwd, command, ...args)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  return stdout
}
