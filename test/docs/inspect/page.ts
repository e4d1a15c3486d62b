import { createClient } from 'tickwire/client'
import { attachInspector } from 'tickwire/client/inspector'

/** A camera that looks at the world: whatever the engine calls it. */
export interface Camera {
  readonly left: number
  readonly top: number
  readonly zoom: number
}

export function startWithInspector(camera: Camera): void {
  const client = createClient('ws://localhost:2567')
  attachInspector(client, {
    toScreen: (x, y) => ({ x: (x - camera.left) * camera.zoom, y: (y - camera.top) * camera.zoom }),
  })
}

export function startWithoutItsBytes(): void {
  const client = createClient('ws://localhost:2567')
  const load = async (): Promise<void> => {
    const { attachInspector: attach } = await import('tickwire/client/inspector')
    attach(client).open()
  }
  window.addEventListener('keydown', function first({ key }) {
    if (key !== 'F2') return
    window.removeEventListener('keydown', first)
    void load()
  })
}
