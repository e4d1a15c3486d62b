import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const outside = mkdtempSync(join(tmpdir(), 'tickwire-walls-'))

// Type-aware rules need a project around each file; the walls do not.
const rules: Record<string, unknown> = JSON.parse(readFileSync(join(repository, '.oxlintrc.json'), 'utf8'))
const configuration = JSON.stringify({ ...rules, options: undefined })

interface Case {
  rule: string
  file: string
  code: string
  /** The lint rule that must refuse the file; null where the file is legal. */
  refusedBy: string | null
}

const imports = 'eslint(no-restricted-imports)'
const properties = 'eslint(no-restricted-properties)'
const globals = 'eslint(no-restricted-globals)'

const cases: Case[] = [
  refuse('protocol imports no package', 'protocol/src/a.ts', `import 'msgpackr'`, imports),
  refuse('protocol imports no Node module', 'protocol/src/b.ts', `import 'node:fs'`, imports),
  refuse(
    'protocol imports no types of a sibling',
    'protocol/src/c.ts',
    `export type { Client } from '@tickwire/sdk'`,
    imports,
  ),
  refuse('protocol reaches no sibling by path', 'protocol/src/d/e.ts', `import '../../../sdk/src/index.ts'`, imports),
  refuse('protocol re-exports no sibling', 'protocol/src/f.ts', `export * from '@tickwire/server'`, imports),
  allow('protocol imports its own files', 'protocol/src/codec/g.ts', `import '../messages/server.ts'`),
  refuse('sdk never imports server', 'sdk/src/a.ts', `import '@tickwire/server'`, imports),
  refuse('sdk reaches no server file by path', 'sdk/src/b/c.ts', `import '../../../server/src/index.ts'`, imports),
  refuse('sdk imports no Node module', 'sdk/src/d.ts', `import 'node:fs'`, imports),
  allow("sdk's tools for tests import Node modules", 'sdk/src/testing/a.ts', `import 'node:net'`),
  refuse("sdk's tools for tests import no server", 'sdk/src/testing/b.ts', `import '@tickwire/server'`, imports),
  refuse("no page imports sdk's tools for tests", 'sdk/src/link/i.ts', `import '../testing/proxy.ts'`, imports),
  refuse('sdk imports no ws', 'sdk/src/e.ts', `import 'ws'`, imports),
  refuse('sdk names WebSocket in one file only', 'sdk/src/f.ts', `export const s = new WebSocket('ws://a')`, globals),
  refuse('sdk hides no WebSocket behind globalThis', 'sdk/src/g.ts', `export const s = globalThis.WebSocket`, globals),
  allow('sdk names WebSocket there', 'sdk/src/connection/websocket.ts', `export const s = new WebSocket('ws://a')`),
  allow('sdk imports protocol by its two doors', 'sdk/src/h.ts', `import '@tickwire/protocol/internal'`),
  refuse('server never imports sdk', 'server/src/a.ts', `import '@tickwire/sdk'`, imports),
  refuse('server imports ws in one file only', 'server/src/b.ts', `import 'ws'`, imports),
  refuse('server imports no types of ws elsewhere', 'server/src/c.ts', `export type { WebSocket } from 'ws'`, imports),
  refuse('the ws file imports no sdk either', 'server/src/transport/ws.ts', `import '@tickwire/sdk'`, imports),
  allow('server imports ws there', 'server/src/transport/ws.ts', `import 'ws'`),
  allow('server imports Node modules', 'server/src/d.ts', `import 'node:http'`),
  ...['protocol', 'sdk', 'server'].flatMap((end) => [
    refuse(`${end} asks no date`, `${end}/src/time/a.ts`, `export const t: number = Date.now()`, properties),
    refuse(`${end} asks no clock`, `${end}/src/time/b.ts`, `export const t: number = performance.now()`, globals),
    refuse(`${end} throws no dice`, `${end}/src/time/c.ts`, `export const t: number = Math.random()`, properties),
    refuse(`${end} has no explicit any`, `${end}/src/d.ts`, `export const t: any = 1`, 'typescript(no-explicit-any)'),
    refuse(
      `${end} silences no compiler`,
      `${end}/src/e.ts`,
      `// @ts-ignore\nexport const t = 1`,
      'typescript(ban-ts-comment)',
    ),
    refuse(`${end} prints nothing`, `${end}/src/f.ts`, `console.log('a')`, 'eslint(no-console)'),
  ]),
  allow('sdk reads the clock in one file', 'sdk/src/real-clock.ts', `export const t: number = performance.now()`),
  allow('server reads the clock in one file', 'server/src/real-clock.ts', `export const t: number = Date.now()`),
  refuse('protocol has no clock file', 'protocol/src/real-clock.ts', `export const t: number = Date.now()`, properties),
  refuse('shared game code imports no end', 'demo/shared/a.ts', `import 'tickwire/server'`, imports),
  refuse('shared game code draws nothing', 'demo/shared/b.ts', `import 'phaser'`, imports),
  allow('shared game code imports the protocol', 'demo/shared/c.ts', `import 'tickwire'`),
  refuse('the page imports no server', 'demo/client/a.ts', `import '../server/main.ts'`, imports),
  refuse('the page imports no game server by its package', 'demo/client/b.ts', `import 'tickwire/server'`, imports),
  refuse('the game server imports no client', 'demo/server/a.ts', `import 'tickwire/client'`, imports),
]

function refuse(rule: string, file: string, code: string, refusedBy: string): Case {
  return { rule, file, code, refusedBy }
}

function allow(rule: string, file: string, code: string): Case {
  return { rule, file, code, refusedBy: null }
}

/** Each case gets a folder with the repository's configuration in it, whose globs count from there. */
function writeCase(folder: string, { file, code }: Case): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, '.oxlintrc.json'), configuration)
  writeFileSync(join(folder, file), `${code}\n`)
}

/** What oxlint says about the cases, as `<case number>/<file>` -> rule codes. One run for all: starting it is the cost. */
function lint(): Map<string, string[]> {
  const oxlint = join(repository, 'node_modules/oxlint/bin/oxlint')
  const done = spawnSync(process.execPath, [oxlint, '--format=json', '.'], { cwd: outside, encoding: 'utf8' })
  const report = JSON.parse(done.stdout) as { diagnostics: { code: string; filename: string }[] }
  const codes = new Map<string, string[]>()
  for (const { code, filename } of report.diagnostics) codes.set(filename, [...(codes.get(filename) ?? []), code])
  return codes
}

let refusals: Map<string, string[]>

beforeAll(() => {
  cases.forEach((each, index) => writeCase(join(outside, String(index)), each))
  refusals = lint()
})

afterAll(() => rmSync(outside, { recursive: true }))

describe('the package walls hold against a deliberate violation', () => {
  it.each(cases.map((each, index) => [each.rule, index, each] as const))('%s', (_rule, index, { file, refusedBy }) => {
    expect(refusals.get(`${index}/${file}`) ?? []).toEqual(refusedBy === null ? [] : [refusedBy])
  })
})
