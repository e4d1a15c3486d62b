import type { Figure } from '../report.ts'
import { WORLDS } from '../worlds/index.ts'
import type { WorldName } from '../worlds/index.ts'
import { ColyseusPeer } from './colyseus.ts'
import { decode } from './decode.ts'
import type { Decoded } from './decode.ts'
import { fieldDiff } from './field-diff.ts'
import { fullState } from './full-state.ts'
import { OurPeer } from './ours.ts'
import type { PeerView } from './peer.ts'
import { PeerRun } from './peer-run.ts'
import { PeerWorld } from './peer-world.ts'
import { wrongEntities } from './truth.ts'

const WARM_UP_TICKS = 400
const ROUNDS = 5
const ROUND_TICKS = 60
const COUNTED_TICKS = ROUNDS * ROUND_TICKS
/** Whose messages are decoded. */
const WATCHED = 0

/**
 * What others would send of the same world, beside ours: message bytes, the CPU time of encoding them (the collector's
 * included) per client and snapshot, and the time of decoding one. No socket, no inputs. What one client was told is
 * decoded afterwards, and what it then holds is held against the truth.
 */
export async function peerFigures(name: WorldName): Promise<Figure[]> {
  const world = WORLDS[name]
  const ours = await OurPeer.create(world)
  const peers = [ours, new ColyseusPeer(world), fieldDiff(), fullState()]
  const runs = peers.map((peer) => new PeerRun(peer, WATCHED))
  const { updates, shown } = play(new PeerWorld(world, ours.host), runs)
  const figures: Figure[] = []
  const ourRun = runs[0]!
  let ourDecoded: Decoded | null = null
  for (const run of runs) {
    const decoded = await decode({ peer: run.peer.name, world: name, messages: run.messages, counted: COUNTED_TICKS })
    ourDecoded ??= decoded
    const figure = (of: string, value: number, unit: string, must = ''): Figure => {
      return { name: `peers.${run.peer.name}.${of}`, value, unit, must }
    }
    figures.push(
      figure('bytesPerUpdate', run.bytes / updates, 'B'),
      figure('encodeUsPerSnapshot', run.medianUs / (ROUND_TICKS * world.clients), 'us'),
      figure('encodeRatio', run.ratioTo(ourRun), 'x'),
      figure('decodeUs', decoded.medianUs, 'us'),
      figure('decodeRatio', decoded.medianUs / ourDecoded.medianUs, 'x'),
      figure('wrongEntities', wrongEntities(run.peer, decoded.held, shown.visible), '', '= 0'),
    )
  }
  return figures
}

interface Played {
  /** Entities that moved, each counted for every client that was shown it. */
  readonly updates: number
  /** What the watched client saw in the end. */
  readonly shown: PeerView
}

/** In each tick all tell of it by turns, in another order each time, so that a slow moment and a cold cache hit everybody. */
function play(world: PeerWorld, runs: readonly PeerRun[]): Played {
  let updates = 0
  let shown: PeerView | null = null
  for (let i = 0; i < WARM_UP_TICKS + COUNTED_TICKS; i++) {
    const tick = world.step()
    const round = Math.floor((i - WARM_UP_TICKS) / ROUND_TICKS)
    for (let turn = 0; turn < runs.length; turn++) runs[(i + turn) % runs.length]!.tell(tick, round)
    shown = tick.views[WATCHED]!
    if (round >= 0) updates += tick.views.reduce((sum, { visible }) => sum + visible.size, 0) * world.movedShare
  }
  return { updates, shown: shown! }
}
