/** The recorded packets; `record.ts` writes them. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Recording } from './recorder.ts'

const folder = new URL('corpus/', import.meta.url)

export const CORPUS: readonly Recording[] = readdirSync(folder)
  .toSorted()
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recording)
