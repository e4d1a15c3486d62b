/**
 * Records the corpus anew. To be run when what travels has changed, after docs/protocol.md and the second decoder:
 *
 *     node --conditions=@tickwire/source --import ./scripts/ts.mjs test/conformance/record.ts
 *
 * A run without a change of the wire or of the games writes the same bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Recording } from './recorder.ts'
import { recordAll } from './scenarios.ts'

const folder = fileURLToPath(new URL('corpus/', import.meta.url))

/** A frame per line, so that a diff shows which ones changed. */
function toJson({ name, games, frames }: Recording): string {
  const lines = frames.map((frame) => `    ${JSON.stringify(frame)}`)
  return `{\n  "name": ${JSON.stringify(name)},\n  "games": ${JSON.stringify(games)},\n  "frames": [\n${lines.join(',\n')}\n  ]\n}\n`
}

mkdirSync(folder, { recursive: true })
for (const recording of await recordAll()) {
  const text = toJson(recording)
  writeFileSync(`${folder}${recording.name}.json`, text)
  console.log(`${recording.name}: ${recording.frames.length} frames, ${text.length} bytes`)
}
