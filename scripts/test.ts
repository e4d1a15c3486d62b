// `npm test` runs every stage and tells the truth at the end; `npm run check` (`--quick`) the fast ones.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from '../test/e2e/chromium.ts'
import { countReport, sum, type Count, type Report } from './report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const quick = process.argv.includes('--quick')

const stages: (() => Count)[] = [
  () => tool('types', 'typescript/bin/tsc', ['-b']),
  () => tool('lint', 'oxlint/bin/oxlint', []),
  () => tool('format', 'oxfmt/bin/oxfmt', ['--check']),
  () => tool('dead code', 'knip/bin/knip.js', []),
]
if (quick) stages.push(() => tests(['unit']))
else stages.push(browser, () => tests(['unit', 'integration', 'package', 'e2e']))

const total = sum(stages.map((stage) => stage()))
if (total.skipped > 0) console.log(`\n${total.skipped} skipped`)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

/** Types, lint and format count only when they fail: they are no tests. */
function tool(name: string, bin: string, args: string[]): Count {
  const { status, seconds } = node(bin, args)
  console.log(`${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`)
  return { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0 }
}

function browser(): Count {
  try {
    console.log(`browser: ${ensureChromium((line) => console.log(line))}`)
    return { passed: 0, failed: 0, skipped: 0 }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

function tests(projects: string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), 'tickwire-test-'))
  try {
    const file = join(folder, 'report.json')
    const selection = projects.map((project) => `--project=${project}`)
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const { status } = node('vitest/vitest.mjs', ['run', ...selection, ...reporters])
    return countReport(readReport(file), status)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    console.error('the test runner ended without a report')
    return undefined
  }
}

/** The tool's own file under Node, not its shell script: the same on every system, and half a second less. */
function node(bin: string, args: string[]): { status: number; seconds: string } {
  const start = performance.now()
  const done = spawnSync(process.execPath, [join(root, 'node_modules', bin), ...args], { cwd: root, stdio: 'inherit' })
  return { status: done.status ?? 1, seconds: ((performance.now() - start) / 1000).toFixed(1) }
}
