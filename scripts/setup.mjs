// Installs the workspace with the pinned pnpm when something is missing, and costs nothing when nothing is.
// Plain JavaScript: it runs before anything is installed, on a Node that cannot read TypeScript.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.tickwire-setup`
const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']
const packages = ['protocol', 'sdk', 'server', 'tickwire', 'demo', 'test']

checkNode()
const current = fingerprint()
if (!isInstalled(current)) {
  install()
  writeFileSync(stamp, current)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Tickwire needs Node 20.19 or newer; this is ${process.version}. Get one from https://nodejs.org`)
  process.exit(1)
}

/** Changes with everything that decides what an install puts on disk. */
function fingerprint() {
  const hash = createHash('sha256').update(process.platform + process.arch)
  for (const file of [...inputs, ...packages.map((name) => `${name}/package.json`)]) {
    hash.update(readFileSync(`${root}${file}`))
  }
  return hash.digest('hex')
}

/** @param {string} expected */
function isInstalled(expected) {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== expected) return false
  return packages.filter((name) => name !== 'protocol').every((name) => existsSync(`${root}${name}/node_modules`))
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  const pnpm = packageManager.split('+')[0]
  console.log(`installing the workspace with ${pnpm}`)
  const args = [
    '--yes',
    pnpm,
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--reporter=append-only',
    '--config.confirm-modules-purge=false',
  ]
  // One string for the shell: Windows starts npx.cmd only through one, and no argument needs quoting.
  const done = spawnSync(`npx ${args.join(' ')}`, { cwd: root, shell: true, encoding: 'utf8' })
  if (done.status === 0) return
  console.error(done.stdout + done.stderr)
  console.error('The install failed. It needs the npm registry; the lines above say what went wrong.')
  process.exit(done.status ?? 1)
}
