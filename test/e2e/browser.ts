// The browser of the e2e tests, started the same way everywhere.
import { chromium, type Browser } from 'playwright'
import { ensureChromium } from './chromium.ts'

/** A test browser talks to the page under test and to nobody else: no updates, no sync, no probing. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
]

/**
 * Starts a headless Chromium; the caller closes it.
 *
 * @param args further command line switches, for one test's own needs
 * @param without switches of Playwright's own that one test cannot use
 * @throws Error that says what to install if there is no Chromium
 */
export function launchBrowser(args: readonly string[] = [], without: readonly string[] = []): Promise<Browser> {
  // Chromium's sandbox refuses to run as root, which is what containers are.
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath: ensureChromium((line) => console.log(line)),
    chromiumSandbox: !isRoot,
    args: [...quiet, ...args],
    ignoreDefaultArgs: [...without],
  })
}
