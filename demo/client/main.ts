import { createClient } from 'tickwire/client'
import type { CloseInfo, JoinedRoom, Unsubscribe, WatchedRoom } from 'tickwire/client'
import type { Arena } from '../shared/schema.ts'
import { arena } from '../shared/simulate.ts'
import { ArenaScene } from './arena-scene.ts'
import type { Play } from './arena-scene.ts'
import { Cockpit } from './cockpit.ts'
import type { Console } from './console.ts'
import { Controls } from './controls.ts'
import { find } from './dom.ts'
import { enter } from './entry.ts'
import type { Entered, Way } from './entry.ts'
import { Hud } from './hud.ts'
import { offerInspector } from './inspector.ts'
import { Lobby } from './lobby.ts'
import type { ToWorld } from './mouse.ts'
import { readOptions } from './options.ts'
import { whyEnded, whyNotJoined } from './problems.ts'
import type { Problem } from './problems.ts'
import { SettingsPanel } from './settings.ts'
import { Sounds } from './sounds.ts'
import { createStage, toWorld } from './stage.ts'
import { revealTouch } from './touch.ts'
import { NotWaiting, Veil } from './veil.ts'
import { Watcher } from './watcher.ts'

const options = readOptions(new URL(location.href))
const client = createClient(options.serverUrl, options.impair ? { impair: options.impair } : {})
const page: Console = { client, room: undefined, watched: undefined, inspector: undefined }
window.tickwire = page
revealTouch()
const stage = createStage(find('#stage', HTMLElement), ArenaScene, options.renderer)
const veil = new Veil()
const lobby = new Lobby(client, options)
offerInspector(client, stage, (inspector) => (page.inspector = inspector))
const settings = new SettingsPanel()
const sounds = new Sounds()
for (const gesture of ['keydown', 'pointerdown'] as const) window.addEventListener(gesture, () => sounds.unlock())

let problem: Problem | undefined
let entered = await enterAtOnce()
for (;;) {
  entered ??= await enterByLobby()
  problem = whyEnded(await show(entered))
  entered = undefined
}

/** A reload finds its seat again, or what it looked at; `?quick` asks nothing. */
async function enterAtOnce(): Promise<Entered | undefined> {
  veil.show({ title: 'Connecting', text: 'Looking for your ship.' })
  try {
    const room = await client.resume(arena)
    if (room !== null) return { role: 'pilot', room }
    const sight = await client.resumeSpectating(arena)
    if (sight !== null) return { role: 'watcher', room: sight }
    return options.quick ? await enter(client, wayOfAddress(), options.name || 'Guest', veil) : undefined
  } catch (error) {
    problem = explain(error)
    return undefined
  } finally {
    veil.hide()
  }
}

function wayOfAddress(): Way {
  if (options.code !== undefined) return { by: 'code', code: options.code }
  return options.key === undefined ? { by: 'quick' } : { by: 'key', key: options.key }
}

async function enterByLobby(): Promise<Entered> {
  for (;;) {
    const { way, name } = await lobby.ask(problem)
    problem = undefined
    try {
      return await enter(client, way, name, veil)
    } catch (error) {
      problem = explain(error)
    }
  }
}

/** Shows the room until it is over for this page. */
async function show(how: Entered): Promise<CloseInfo> {
  const { room, role } = how
  const { scene } = await stage
  const hud = new Hud(room, sounds)
  const place: ToWorld = (x, y) => toWorld(scene.getScene(ArenaScene.key), x, y)
  const part = role === 'pilot' ? fly(how.room, place) : watch(how.room, place)
  const closers = [
    part.close,
    hud.open(role),
    settings.listen(({ sound }) => (sounds.on = sound)),
    room.onConnection((state) => veil.follow(state, () => void room.leave())),
  ]
  const onFrame = (nowMs: number): void => {
    part.onFrame()
    hud.update(nowMs)
  }
  const play: Play = { room, sounds, settings: () => settings.current, ...part, onFrame }
  scene.start(ArenaScene.key, { play })
  const reason = await room.left
  scene.start(ArenaScene.key, {})
  for (const close of closers) close()
  veil.hide()
  page.room = undefined
  page.watched = undefined
  return reason
}

/** What pilots and watchers do differently. */
interface Part extends Pick<Play, 'advance' | 'target'> {
  readonly onFrame: () => void
  readonly close: Unsubscribe
}

function fly(room: JoinedRoom<Arena>, place: ToWorld): Part {
  page.room = room
  const controls = new Controls(room, place)
  const cockpit = new Cockpit(room)
  const closers = [controls.listen(), cockpit.open()]
  return {
    advance: () => room.advance(() => controls.sample()),
    target: () => room.mine('ship'),
    onFrame: () => cockpit.update(),
    close: () => closers.forEach((close) => close()),
  }
}

function watch(room: WatchedRoom<Arena>, place: ToWorld): Part {
  page.watched = room
  const watcher = new Watcher(room, place)
  return {
    advance: () => room.advance(),
    target: () => watcher.target(),
    onFrame: () => undefined,
    close: watcher.open(),
  }
}

function explain(error: unknown): Problem | undefined {
  if (error instanceof NotWaiting) return undefined
  console.warn(error)
  return whyNotJoined(error)
}
