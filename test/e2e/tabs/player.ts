// Runs in a page: takes its seat back or a new one, as the first lines of a game do, and tells the test which.
import { createClient } from '@tickwire/sdk'
import { arena } from '../../games/arena/arena.ts'

export interface PlayerReport {
  /** What stood in the tab's storage before this page did anything. */
  readonly found: number
  readonly resumed: boolean
  readonly seat: number
  readonly phase: string
}

declare global {
  interface Window {
    report?: () => PlayerReport
  }
}

const FRAME_MS = 50

async function play(): Promise<void> {
  const found = sessionStorage.length
  const client = createClient(new URLSearchParams(location.search).get('server')!)
  const back = await client.resume(arena)
  const room = back ?? (await client.joinOrCreate(arena, { name: 'Ada' }))
  setInterval(() => room.advance(() => ({})), FRAME_MS)
  window.report = () => ({ found, resumed: back !== null, seat: room.seat, phase: client.connection.phase })
}

void play()
