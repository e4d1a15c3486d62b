import type { PeerTick, PeerView, Tell } from './peer.ts'

/** Tells each client of what it sees; what all see is packed once. */
export function tellViews({ views }: PeerTick, tell: Tell, pack: (view: PeerView) => Uint8Array): void {
  const packed = new Map<PeerView, Uint8Array>()
  for (const [client, view] of views.entries()) {
    const message = packed.get(view) ?? pack(view)
    packed.set(view, message)
    tell(client, message)
  }
}
