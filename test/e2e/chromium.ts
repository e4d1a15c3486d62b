// Where the browser tests get their Chromium from, and what they say when there is none.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const systemNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** What the search asks of the machine, so that a test can answer for another one. */
export interface Machine {
  env: Record<string, string | undefined>
  /** Where Playwright would keep its own download. */
  playwright: string
  isExecutable(path: string): boolean
}

export const thisMachine: Machine = {
  env: process.env,
  playwright: chromium.executablePath(),
  isExecutable,
}

/**
 * The Chromium to test with: `$CHROMIUM_PATH`, then Playwright's own, then the system's; undefined where there is none.
 *
 * @throws Error if `$CHROMIUM_PATH` names nothing that can be run: a wrong wish is not replaced silently
 */
export function findChromium(machine: Machine = thisMachine): string | undefined {
  const wish = machine.env['CHROMIUM_PATH']
  if (wish) {
    if (machine.isExecutable(wish)) return wish
    throw new Error(`CHROMIUM_PATH is "${wish}", which is no executable file`)
  }
  const folders = (machine.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = [
    machine.playwright,
    ...systemNames.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...applications,
  ]
  return candidates.find((path) => machine.isExecutable(path))
}

/**
 * Finds a Chromium, or installs Debian's where that needs no question: as root on Debian.
 *
 * @throws Error that says what to install, where that is not possible
 */
export function ensureChromium(say: (line: string) => void): string {
  const found = findChromium()
  if (found !== undefined) return found
  if (!mayInstall()) throw new Error(advice)
  say("no Chromium found: installing Debian's package")
  apt('update')
  apt('install', '--yes', '--no-install-recommends', 'chromium')
  const installed = findChromium()
  if (installed === undefined) throw new Error(advice)
  return installed
}

const advice = `The browser tests need a Chromium and found none. One of these helps:
  cd test && npx playwright install --with-deps chromium
  install chromium or google-chrome with the system's package manager
  CHROMIUM_PATH=/path/to/chromium npm test`

export function mayInstall(): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

export function apt(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const done = spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${done.stderr}\n${advice}`)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
