import type { Client } from 'tickwire/client'
import type { Inspector } from 'tickwire/client/inspector'
import type { Game } from 'phaser'
import { arenaSchema } from '../shared/schema.ts'
import { ArenaScene } from './arena-scene.ts'
import { find } from './dom.ts'
import { toScreen } from './stage.ts'

const KEY = 'F2'

/** Opens the inspector by key or button. It is loaded when it is first asked for: players do not pay for it. */
export function offerInspector(client: Client, stage: Promise<Game>, onLoaded: (inspector: Inspector) => void): void {
  let loading: Promise<Inspector> | undefined
  const load = async (): Promise<Inspector> => {
    const { attachInspector } = await import('tickwire/client/inspector')
    const { scene } = await stage
    const inspector = attachInspector(client, {
      toScreen: (x, y) => toScreen(scene.getScene(ArenaScene.key), x, y),
      game: { schema: arenaSchema },
      key: null,
    })
    onLoaded(inspector)
    return inspector
  }
  const toggle = async (): Promise<void> => (await (loading ??= load())).toggle()
  window.addEventListener('keydown', (event) => {
    if (event.key !== KEY || event.repeat) return
    event.preventDefault()
    void toggle()
  })
  find('#inspect', HTMLButtonElement).addEventListener('click', () => void toggle())
}
