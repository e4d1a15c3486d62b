// What somebody has who installs the packages: tarballs as a release would make them, in a folder with no workspace around it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Manifest {
  readonly version: string
  readonly packageManager: string
  readonly dependencies?: Record<string, string>
}

export const root = fileURLToPath(new URL('../..', import.meta.url))
/** What games import, by folder. */
export const packages = ['protocol', 'sdk', 'server', 'tickwire']
/** What `npm create tickwire` runs. */
export const creator = 'tickwire/create'

/** The name that a folder of the workspace is installed by. */
export function published(folder: string): string {
  if (folder === creator) return 'create-tickwire'
  return folder === 'tickwire' ? folder : `@tickwire/${folder}`
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tickwire-package-'))
}

/** Builds the packages and packs them into `into` as a release would; returns the tarballs by folder. */
export function packAll(into: string): Record<string, string> {
  run(root, process.execPath, 'scripts/build.mjs')
  const folders = [...packages, creator]
  const pnpm = readManifest(root).packageManager.split('+')[0] ?? ''
  const filters = folders.map((folder) => `--filter=./${folder}`)
  const packed = run(root, 'npx', '--yes', pnpm, '-r', ...filters, 'pack', '--json', '--pack-destination', into)
  const tarballs = JSON.parse(packed) as { readonly name: string; readonly filename: string }[]
  return Object.fromEntries(
    folders.map((folder) => [folder, tarballs.find(({ name }) => name === published(folder))!.filename]),
  )
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
