import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { Rolldown } from 'vite'

/**
 * One file with the SDK and the game in it, as a user's bundler would make it.
 *
 * @param entry relative to this folder
 */
export async function bundle(entry: string): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@tickwire/source', 'browser', 'module', 'import'] },
    build: { write: false, rollupOptions: { input: fileURLToPath(new URL(entry, import.meta.url)) } },
  })) as Rolldown.RolldownOutput
  const chunk = built.output.find((one) => one.type === 'chunk' && one.isEntry)
  if (chunk?.type !== 'chunk') throw new Error(`nothing was built of ${entry}`)
  return chunk.code
}
