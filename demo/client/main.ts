import { createClient } from '@tickwire/sdk'
import type { CloseInfo, JoinedRoom } from '@tickwire/sdk'
import type { Arena } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import { ArenaScene } from './arena-scene.ts'
import type { Play } from './arena-scene.ts'
import { showConnection } from './banner.ts'
import type { Console } from './console.ts'
import { Controls } from './controls.ts'
import { find } from './dom.ts'
import { Hud } from './hud.ts'
import { JoinForm } from './join-form.ts'
import { readOptions } from './options.ts'
import { createStage } from './stage.ts'

const options = readOptions(new URL(location.href))
const client = createClient(options.serverUrl, options.impair ? { impair: options.impair } : {})
const page: Console = { client, room: undefined }
window.tickwire = page
client.onConnection(showConnection)
const stage = createStage(find('#stage', HTMLElement), options.renderer)
stage.scene.add(ArenaScene.key, ArenaScene, true)
const form = new JoinForm()

let problem = ''
let room = await firstRoom()
for (;;) {
  room ??= await joinByForm()
  form.hide()
  problem = whyEnded(await play(room))
  room = undefined
}

/** A reload finds its seat again; `?quick` asks nothing. */
async function firstRoom(): Promise<JoinedRoom<Arena> | undefined> {
  try {
    const resumed = await client.resume(arena)
    if (resumed) return resumed
    return options.quick ? await join(options.name || 'Guest') : undefined
  } catch (error) {
    problem = explain(error)
    return undefined
  }
}

async function joinByForm(): Promise<JoinedRoom<Arena>> {
  for (;;) {
    const name = await form.ask(options.name, problem)
    try {
      return await join(name)
    } catch (error) {
      problem = explain(error)
    }
  }
}

function join(name: string): Promise<JoinedRoom<Arena>> {
  return client.joinOrCreate(arena, { name }, options.key === undefined ? {} : { key: options.key })
}

/** Shows the room until it is over for this player. */
async function play(joined: JoinedRoom<Arena>): Promise<CloseInfo> {
  page.room = joined
  const controls = new Controls(joined)
  const hud = new Hud(joined)
  const closers = [controls.listen(), hud.open()]
  const shown: Play = { room: joined, sample: () => controls.sample(), onFrame: (nowMs) => hud.update(nowMs) }
  stage.scene.start(ArenaScene.key, { play: shown })
  const reason = await joined.left
  stage.scene.start(ArenaScene.key, {})
  for (const close of closers) close()
  page.room = undefined
  return reason
}

function whyEnded(reason: CloseInfo): string {
  return reason.name === 'left' ? '' : reason.meaning
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
