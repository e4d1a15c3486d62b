// The load hook of `ts.mjs`: strips the types of a `.ts` file with the transformer that comes with vite.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transformWithOxc } from 'vite'

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
  const file = fileURLToPath(url)
  const { code, map } = await transformWithOxc(await readFile(file, 'utf8'), file, { sourcemap: true, tsconfig: false })
  const comment = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
  return { format: 'module', source: code + comment, shortCircuit: true }
}
