import type { JoinedRoom } from 'tickwire/client'
import type { Duel } from './duel.ts'

export interface Flash {
  remove(): void
}

export function show(room: JoinedRoom<Duel>, flashAt: (x: number, y: number) => Flash): void {
  room.onEvent('beam', ({ x, y }) => {
    const flash = flashAt(x, y)
    return () => flash.remove()
  })
}
