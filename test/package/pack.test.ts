import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Manifest {
  version: string
  packageManager: string
  dependencies?: Record<string, string>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const packages = ['protocol', 'sdk', 'server', 'tickwire']

/** TypeScript 5 infers and relates types differently from 7, and is what most projects have. */
const compilers = {
  'TypeScript 5': '5.9.3',
  'TypeScript 7': readManifest(join(root, 'node_modules/typescript')).version,
}

/** What somebody who follows the README has: its three files and the packages, with no workspace around them. */
const outside = mkdtempSync(join(tmpdir(), 'tickwire-package-'))
const tarballs = new Map<string, string>()

beforeAll(() => {
  run(root, process.execPath, 'scripts/build.mjs')
  for (const name of packages) tarballs.set(name, pack(name))
  cpSync(join(root, 'test/package/fixture'), outside, { recursive: true })
  writeJson('package.json', consumer())
  run(outside, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline')
})

afterAll(() => rmSync(outside, { recursive: true }))

/** Packs as a release would, and returns the tarball's path. */
function pack(name: string): string {
  const pnpm = readManifest(root).packageManager.split('+')[0] ?? ''
  const printed = run(join(root, name), 'npx', '--yes', pnpm, 'pack', '--json', '--pack-destination', outside)
  return (JSON.parse(printed) as { filename: string }).filename
}

/** The name that a folder of the workspace is installed by. */
function published(folder: string): string {
  return folder === 'tickwire' ? folder : `@tickwire/${folder}`
}

function consumer(): object {
  const dependencies = Object.fromEntries([...tarballs].map(([name, file]) => [published(name), `file:${file}`]))
  return {
    private: true,
    type: 'module',
    dependencies: { ...dependencies, ...versions('ws') },
    devDependencies: { ...versions('@types/node', '@types/ws'), ...compilerAliases() },
    // The packages name each other by version; here that version is a tarball.
    overrides: Object.fromEntries(Object.keys(dependencies).map((name) => [name, `$${name}`])),
  }
}

function compilerAliases(): Record<string, string> {
  return Object.fromEntries(Object.values(compilers).map((version) => [`tsc-${version}`, `npm:typescript@${version}`]))
}

/** The versions that the workspace itself has. */
function versions(...names: string[]): Record<string, string> {
  const installed = join(root, 'test/node_modules')
  return Object.fromEntries(names.map((name) => [name, readManifest(join(installed, name)).version]))
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function writeJson(name: string, value: object): void {
  writeFileSync(join(outside, name), JSON.stringify(value))
}

/** Type-checks the README's files under strict, the packages' own declarations too, and emits them into `emitTo`. */
function compile(compiler: string, moduleResolution: 'nodenext' | 'bundler', emitTo: string): void {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: ['node'],
    module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution,
    rewriteRelativeImportExtensions: true,
    outDir: emitTo,
  }
  writeJson(`tsconfig.${moduleResolution}.json`, { compilerOptions, include: ['*.ts'] })
  run(outside, process.execPath, `node_modules/tsc-${compiler}/bin/tsc`, '-p', `tsconfig.${moduleResolution}.json`)
}

/** Runs to the end and returns what it printed; a failure throws with all that it said. */
function run(cwd: string, command: string, ...args: string[]): string {
  const env = { ...process.env, PORT: '0' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  return stdout
}

describe('the packages outside the workspace', () => {
  it.each(packages)('%s names its siblings by version, not by workspace', (name) => {
    const dependencies = readManifest(join(outside, 'node_modules', published(name))).dependencies ?? {}
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it.each(packages)('%s holds what it exports, its sources for the maps, its licence, and no more', (name) => {
    const files = run(outside, 'tar', '-tzf', tarballs.get(name) ?? '')
      .trim()
      .split('\n')
    const unexpected = files.filter(
      (file) => !/^package\/(package\.json|README\.md|LICENSE|(dist|src)\/.+)$/.test(file),
    )
    expect(unexpected).toEqual([])
    expect(files).toEqual(
      expect.arrayContaining(['package/LICENSE', 'package/dist/index.js', 'package/dist/index.d.ts']),
    )
  })

  describe.each(Object.entries(compilers))('with %s', (_name, compiler) => {
    it.each(['nodenext', 'bundler'] as const)("the README's game type-checks under strict with %s", (resolution) => {
      const emitTo = `emitted-${compiler}-${resolution}`
      compile(compiler, resolution, emitTo)
      expect(existsSync(join(outside, emitTo, 'client.js'))).toBe(true)
    })
  })

  it("the README's game plays: two clients see each other's ship", () => {
    compile(compilers['TypeScript 7'], 'nodenext', 'played')
    const printed = run(outside, process.execPath, 'played/play.js')
    expect(printed).toMatch(/^Ada saw a ship at x \d/m)
    expect(printed).toMatch(/^Bob saw a ship at x \d/m)
  })
})
