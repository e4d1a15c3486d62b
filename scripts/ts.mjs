// Lets plain Node run the TypeScript of this workspace: `node --conditions=@tickwire/source --import ./scripts/ts.mjs <file.ts>`.
// Real ES modules in one real Node process: no bundler's module runner between a benchmark and what it measures.
// The condition makes the packages resolve to their sources, so nothing is built first.
import { register } from 'node:module'

// Node 22.18 and newer strip types themselves; the older ones get a load hook that does the same.
if (!Reflect.get(process.features, 'typescript')) register('./ts-hooks.mjs', import.meta.url)
