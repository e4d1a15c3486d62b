import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStepper } from 'tickwire/testing'
import { expect, it, onTestFinished } from 'vitest'
import { encodeTrace } from '../../sdk/src/inspector/trace.ts'
import { arena } from '../games/arena/arena.ts'
import type { Arena } from '../games/arena/arena.ts'
import { arenaRoom } from '../games/arena/room.ts'
import { watch } from '../sdk/inspector/watch.ts'
import { toldShips } from './inspect/told-ships.ts'
import { expectCompiled, expectLinks } from './snippets.ts'

const PAGE = 'docs/guide/inspector.md'

it('the page of the inspector shows only code that stands beside this test, where it is compiled', () => {
  expectCompiled(PAGE, './inspect')
})

it('it links only to files that exist', () => expectLinks(PAGE))

it('its program reads a trace', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tickwire-trace-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const stepper = createStepper<Arena>({ rooms: [arenaRoom], clients: 1 })
  onTestFinished(() => stepper.close())
  const { probe, observed } = watch(stepper.clients[0]!)
  const room = await stepper.join(arena, { name: 'Ada' })
  await stepper.run(2, { input: () => ({ turn: 1 }) })
  const { schema, hashes } = observed.room!.codec
  const path = join(folder, 'arena.twt')
  await writeFile(path, encodeTrace({ header: { game: schema.name, hashes }, records: probe.log.records() }))
  expect((await toldShips(path)).get(room.mine('ship')!.id)).toBeGreaterThan(5)
})
