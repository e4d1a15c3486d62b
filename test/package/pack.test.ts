import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { creator, packages } from '../../scripts/tarballs.ts'
import { finish, newFolder, onTarballs, published, readManifest, root, run, versions, writeJson } from './outside.ts'
import type { Finished } from './outside.ts'

/** TypeScript 5 infers and relates types differently from 7, and is what most projects have. */
const compilers = {
  'TypeScript 5': '5.9.3',
  'TypeScript 7': readManifest(join(root, 'node_modules/typescript')).version,
}

/** What somebody who follows the README has: its files and the packages. */
const outside = newFolder()
const tarballs = inject('tarballs')

beforeAll(() => {
  cpSync(join(root, 'test/package/fixture'), outside, { recursive: true })
  writeJson(outside, 'package.json', consumer())
  run(outside, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline')
})

afterAll(() => rmSync(outside, { recursive: true }))

function consumer(): object {
  const { dependencies, overrides } = onTarballs(tarballs)
  return {
    private: true,
    type: 'module',
    dependencies: { ...dependencies, ...versions('ws') },
    devDependencies: { ...versions('@types/node', '@types/ws'), ...compilerAliases() },
    overrides,
  }
}

function compilerAliases(): Record<string, string> {
  return Object.fromEntries(Object.values(compilers).map((version) => [`tsc-${version}`, `npm:typescript@${version}`]))
}

/** What the README asks for, and more. */
const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: ['node'],
  rewriteRelativeImportExtensions: true,
}

/** Type-checks the README's files, with nodenext the packages' own declarations too, and emits them into `emitTo`. */
function compile(compiler: string, moduleResolution: 'nodenext' | 'bundler', emitTo: string): void {
  const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext'
  const skipLibCheck = moduleResolution === 'bundler'
  const compilerOptions = { ...strict, skipLibCheck, module, moduleResolution, outDir: emitTo }
  writeJson(outside, `tsconfig.${moduleResolution}.json`, { compilerOptions, include: ['*.ts'] })
  run(outside, process.execPath, tscOf(compiler), '-p', `tsconfig.${moduleResolution}.json`)
}

/** The same as three projects that build on each other's declarations, as larger games are laid out. */
function compileComposite(compiler: string): void {
  const compilerOptions = {
    ...strict,
    skipLibCheck: true,
    module: 'nodenext',
    composite: true,
    outDir: `composite-${compiler}`,
  }
  const references = [{ path: './tsconfig.shared.json' }]
  writeJson(outside, 'tsconfig.shared.json', { compilerOptions, files: ['shared.ts'] })
  writeJson(outside, 'tsconfig.server.json', { compilerOptions, files: ['server.ts'], references })
  writeJson(outside, 'tsconfig.client.json', { compilerOptions, files: ['client.ts'], references })
  run(outside, process.execPath, tscOf(compiler), '-b', 'tsconfig.server.json', 'tsconfig.client.json')
}

const tscOf = (compiler: string): string => `node_modules/tsc-${compiler}/bin/tsc`

/** Paths in a tarball, below `package/`. */
function filesOf(folder: string): string[] {
  const listed = run(outside, 'tar', '-tzf', tarballs[folder]!).trim().split('\n')
  return listed.map((path) => path.replace('package/', ''))
}

/** The command, as installed. */
const tickwire = (...args: string[]): Finished =>
  finish(outside, process.execPath, 'node_modules/tickwire/bin/tickwire.js', ...args)

describe('the packages outside the workspace', () => {
  it.each(packages)('%s names its siblings by version, not by workspace', (name) => {
    const dependencies = readManifest(join(outside, 'node_modules', published(name))).dependencies ?? {}
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it.each(packages)('%s holds what it exports, its sources for the maps, its licence, and no more', (name) => {
    const files = filesOf(name)
    const unexpected = files.filter((file) => !/^(package\.json|README\.md|LICENSE|(bin|dist|src)\/.+)$/.test(file))
    expect(unexpected).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'dist/index.js', 'dist/index.d.ts']))
  })

  it.each([...packages, creator])('publint finds nothing in %s', async (name) => {
    const { messages } = await publint({ pack: { tarball: arrayBufferOf(tarballs[name]!) }, strict: true })
    expect(messages).toEqual([])
  })

  it.each(packages)('every entry of %s has types that an ESM resolves', (name) => {
    const attw = join(root, 'test/node_modules/@arethetypeswrong/cli/dist/index.js')
    const { status, stdout } = finish(outside, process.execPath, attw, tarballs[name]!, '--profile', 'esm-only')
    expect(status, stdout).toBe(0)
  })

  describe.each(Object.entries(compilers))('with %s', (_name, compiler) => {
    it.each(['nodenext', 'bundler'] as const)("the README's game type-checks under strict with %s", (resolution) => {
      const emitTo = `emitted-${compiler}-${resolution}`
      compile(compiler, resolution, emitTo)
      expect(existsSync(join(outside, emitTo, 'client.js'))).toBe(true)
    })

    it("the README's game builds as composite projects", () => {
      compileComposite(compiler)
      expect(existsSync(join(outside, `composite-${compiler}`, 'shared.d.ts'))).toBe(true)
    })
  })

  it("the README's game plays: two clients see each other's ship", () => {
    compile(compilers['TypeScript 7'], 'nodenext', 'played')
    const printed = run(outside, process.execPath, 'played/play.js')
    expect(printed).toMatch(/^Ada saw a ship at x \d/m)
    expect(printed).toMatch(/^Bob saw a ship at x \d/m)
  })

  it('the command line is there, and says what it can do', () => {
    const { status, stdout } = tickwire('--help')
    expect(status).toBe(0)
    for (const command of ['bots', 'inspect', 'proxy', 'replay']) expect(stdout).toContain(command)
    // A mistake is told in one line.
    expect(tickwire('replay', 'trace.twr')).toEqual({
      status: 2,
      stdout: '',
      stderr: "error: required option '--room <module>' not specified\n",
    })
  })
})

function arrayBufferOf(file: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(file)
  return buffer.slice(byteOffset, byteOffset + byteLength)
}
