// `npm run tarballs`: the packages as a release would publish them, for games that are made before there is one.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** What games import, by folder. */
export const packages: readonly string[] = ['protocol', 'sdk', 'server', 'tickwire']
/** What `npm create tickwire` runs. */
export const creator = 'tickwire/create'

/** Builds and packs them into a folder; returns the tarballs by the packages' folders. */
export function packInto(folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true })
  run(process.execPath, 'scripts/build.mjs')
  const folders = [...packages, creator]
  const filters = folders.map((name) => `--filter=./${name}`)
  const { packageManager = '' } = manifestOf('.')
  const pnpm = packageManager.split('+')[0]!
  const packed = run('npx', '--yes', pnpm, '-r', ...filters, 'pack', '--json', '--pack-destination', folder)
  const tarballs = JSON.parse(packed) as { readonly name: string; readonly filename: string }[]
  return Object.fromEntries(
    folders.map((name) => [name, tarballs.find((one) => one.name === manifestOf(name).name)!.filename]),
  )
}

function manifestOf(folder: string): { name: string; packageManager?: string } {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { name: string }
}

/** What it printed; a failure throws with all that it said. */
function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  return stdout
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tarballs = packInto(resolve(process.argv[2] ?? join(root, 'tarballs')))
  const { [creator]: creating, ...imported } = tarballs
  console.log(`
A new game:
  npm exec --yes --package=file:${creating} -- create-tickwire my-game

In it, or in a game of your own, instead of \`npm install\` or \`npm install tickwire\`:
  npm install ${Object.values(imported).join(' ')}
`)
}
