import { WebSocket } from 'ws'
import { WORLDS } from '../worlds/index.ts'
import type { WorldName } from '../worlds/index.ts'
import { LightClient } from './light-client.ts'
import { viewOfClient } from './views.ts'
import type { DecodedView } from './views.ts'

/** The clients of a benchmark, in a process of their own; the parent says what to do and is told what was seen. */
export type Order =
  | { readonly type: 'join'; readonly url: string; readonly clients: number; readonly world: WorldName }
  | { readonly type: 'raw'; readonly url: string; readonly clients: number }
  | { readonly type: 'totals' }
  | { readonly type: 'views' }
  | { readonly type: 'stop' }
export interface Report {
  readonly snapshots: number
  readonly snapshotBytes: number
  /** Entities that clients held, summed over snapshots. */
  readonly shown: number
  /** What every client has decoded; only when asked for. */
  readonly views: readonly DecodedView[]
}

const INPUTS_PER_SECOND = 30
/** As long as an inputs message of the light client. */
const RAW_INPUT_BYTES = 9

let light: LightClient[] = []
let raw: WebSocket[] = []

const tell = (views: readonly DecodedView[] = []): void => {
  const sum = (pick: (client: LightClient) => number): number =>
    light.reduce((total, client) => total + pick(client), 0)
  process.send!({
    snapshots: sum(({ totals }) => totals.snapshots),
    snapshotBytes: sum(({ totals }) => totals.snapshotBytes),
    shown: sum(({ totals }) => totals.shown),
    views,
  } satisfies Report)
}

async function join(url: string, count: number, world: WorldName): Promise<void> {
  for (let i = 0; i < count; i++) {
    const client = new LightClient(url, WORLDS[world].schema, `bot${i}`)
    light.push(client)
    await client.joined()
  }
}

async function openRaw(url: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    raw.push(socket)
  }
}

function stop(): void {
  for (const client of light) client.close()
  for (const socket of raw) socket.terminate()
  light = []
  raw = []
}

// Spread over the interval, as real clients are: in one burst they would share system calls that no server ever shares.
let turn = 0
const rawInput = Buffer.alloc(RAW_INPUT_BYTES, 3)
const STEP_MS = 2
setInterval(() => {
  const slots = Math.round(1000 / INPUTS_PER_SECOND / STEP_MS)
  turn = (turn + 1) % slots
  for (let i = turn; i < light.length; i += slots) light[i]!.sendInputs()
  for (let i = turn; i < raw.length; i += slots) raw[i]!.send(rawInput)
}, STEP_MS)

process.on('message', (order: Order) => {
  if (order.type === 'join') void join(order.url, order.clients, order.world).then(() => tell())
  else if (order.type === 'raw') void openRaw(order.url, order.clients).then(() => tell())
  else if (order.type === 'totals') tell()
  else if (order.type === 'views') tell(light.map(viewOfClient))
  else {
    stop()
    process.exit(0)
  }
})
process.on('disconnect', () => process.exit(0))
