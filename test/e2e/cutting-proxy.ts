// A plain TCP relay between a page and the demo, which can cut what runs through it, as a lost network does.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CuttingProxy {
  /** The demo's page, through the relay; with a slash at the end. */
  url: string
  /** Ends every connection at once, without a goodbye; new ones pass. */
  cut: () => void
  /** While false new connections end at once, too. */
  setOpen: (isOpen: boolean) => void
  close: () => Promise<void>
}

/** Relays a free port of this machine to the server behind `target`. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let isOpen = true
  const server = createServer((near) => {
    if (!isOpen) {
      near.resetAndDestroy()
      return
    }
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    cut,
    setOpen: (wish) => (isOpen = wish),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}
