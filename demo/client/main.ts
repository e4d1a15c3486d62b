import { createClient } from 'tickwire/client'
import type { CloseInfo, JoinedRoom } from 'tickwire/client'
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
import { whyEnded, whyNotJoined } from './problems.ts'
import { SettingsPanel } from './settings.ts'
import { Sounds } from './sounds.ts'
import { createStage, toWorld } from './stage.ts'
import { revealTouch } from './touch.ts'

const options = readOptions(new URL(location.href))
const client = createClient(options.serverUrl, options.impair ? { impair: options.impair } : {})
const page: Console = { client, room: undefined }
window.tickwire = page
client.onConnection(showConnection)
revealTouch()
const stage = createStage(find('#stage', HTMLElement), ArenaScene, options.renderer)
const form = new JoinForm()
const settings = new SettingsPanel()
const sounds = new Sounds()
for (const gesture of ['keydown', 'pointerdown'] as const) window.addEventListener(gesture, () => sounds.unlock())

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
  const { scene } = await stage
  const controls = new Controls(joined, (x, y) => toWorld(scene.getScene(ArenaScene.key), x, y))
  const hud = new Hud(joined)
  const closers = [controls.listen(), hud.open(), settings.listen(({ sound }) => (sounds.on = sound))]
  const shown: Play = {
    room: joined,
    sounds,
    settings: () => settings.current,
    sample: () => controls.sample(),
    onFrame: (nowMs) => hud.update(nowMs),
  }
  scene.start(ArenaScene.key, { play: shown })
  const reason = await joined.left
  scene.start(ArenaScene.key, {})
  for (const close of closers) close()
  page.room = undefined
  return reason
}

function explain(error: unknown): string {
  console.warn(error)
  return whyNotJoined(error)
}
