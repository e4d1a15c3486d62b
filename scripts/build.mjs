// `npm run build`: the packages as they are published. From nothing: the output of a deleted source must not be packed.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = ['protocol', 'sdk', 'server', 'tickwire']

for (const name of packages) rmSync(`${root}${name}/dist`, { recursive: true, force: true })
const args = [`${root}node_modules/typescript/bin/tsc`, '-b', '--force', ...packages, 'sdk/tsconfig.testing.json']
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1
