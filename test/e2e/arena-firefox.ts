import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { firefox, type Browser } from 'playwright'
import { apt, mayInstall } from './chromium.ts'

const NAMES = ['firefox-esr', 'firefox']

/** Debian's Firefox, installed where that needs no question; undefined where there is none. */
function findFirefox(): string | undefined {
  const found = inPath()
  if (found !== undefined || !mayInstall()) return found
  try {
    console.log("no Firefox found: installing Debian's package")
    apt('update')
    apt('install', '--yes', '--no-install-recommends', 'firefox-esr')
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
  }
  return inPath()
}

function inPath(): string | undefined {
  const wish = process.env['FIREFOX_PATH']
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return (wish === undefined ? candidates : [wish]).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Starts a headless Firefox by WebDriver BiDi; null, with a line that says why, where there is none to start. */
export async function launchFirefox(): Promise<Browser | null> {
  const executablePath = findFirefox()
  if (executablePath === undefined) {
    console.log('skipped: no Firefox. Install firefox-esr, or name one by FIREFOX_PATH')
    return null
  }
  try {
    return await firefox.launch({ channel: 'moz-firefox', executablePath })
  } catch (error) {
    console.log(`skipped: ${executablePath} could not be started: ${String(error).split('\n', 1)[0]}`)
    return null
  }
}
