import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import type { Rolldown } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'

/**
 * What pages load of our own code, gzipped, as vite builds them; msgpackr is not in it. Ceilings stand a little above what is
 * reached: whoever goes beyond finds out, and says in docs/benchmarks.md what the bytes are for.
 */
const CEILINGS = { first: 57_200, lobby: 7000, decoder: 3250 }

type Part = keyof typeof CEILINGS

const PAGE = `import { createClient } from 'tickwire/client'; globalThis.client = createClient('/')`

let chunks: readonly Rolldown.OutputChunk[]

beforeAll(async () => {
  const built = (await build({
    configFile: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    resolve: { conditions: ['@tickwire/source', 'module', 'browser', 'production'] },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? '\0page' : null),
        load: (id) => (id === '\0page' ? PAGE : null),
      },
    ],
    build: { write: false, target: 'es2023', rolldownOptions: { input: 'page', external: ['msgpackr'] } },
  })) as Rolldown.RolldownOutput
  chunks = built.output.filter((one) => one.type === 'chunk')
})

/** A chunk by a file that is in it. */
function chunkWith(file: string): Rolldown.OutputChunk {
  const found = chunks.filter(({ moduleIds }) => moduleIds.some((id) => id.endsWith(file)))
  expect(found, file).toHaveLength(1)
  return found[0]!
}

const parts: readonly (readonly [Part, string])[] = [
  ['first', 'sdk/src/client.ts'],
  ['lobby', 'sdk/src/lobby/outside.ts'],
  ['decoder', 'codec/entropy/body-decoder.ts'],
]

describe('what a page loads', () => {
  it.each(parts)('%s: is not above its ceiling', (part, file) => {
    const bytes = gzipSync(chunkWith(file).code, { level: 9 }).length
    console.log(`${part}: ${bytes} bytes gzipped, at most ${CEILINGS[part]}`)
    expect(bytes).toBeLessThanOrEqual(CEILINGS[part])
  })

  it('is the page and one file for each part that it may need later', () => {
    const later = chunkWith('sdk/src/client.ts').dynamicImports
    expect(chunks).toHaveLength(parts.length)
    expect(later.toSorted()).toEqual(
      [...chunks.filter(({ isEntry }) => !isEntry).map(({ fileName }) => fileName), 'msgpackr'].toSorted(),
    )
  })

  it.each(['lobby/party.ts', 'lobby/room-lists.ts', 'protocol/src/lobby/schema.ts'])(
    'has %s for the lobby alone',
    (file) => {
      expect(chunkWith(file)).toBe(chunkWith('sdk/src/lobby/outside.ts'))
    },
  )

  it.each(['sdk/src/inspector/', 'sdk/src/testing/', 'entropy/body-encoder.ts', 'codec/anchors.ts'])(
    'has nothing of %s',
    (place) => {
      const code = chunks.flatMap(({ modules }) => Object.entries(modules))
      expect(
        code.filter(([id, { renderedLength }]) => id.includes(place) && renderedLength > 0).map(([id]) => id),
      ).toEqual([])
    },
  )
})
