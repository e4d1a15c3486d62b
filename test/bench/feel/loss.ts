import { Random } from '@tickwire/protocol'
import type { Connect } from '../../../sdk/src/connection/transport.ts'
import type { Impairment } from '../../../sdk/src/impair/impairment.ts'
import { p99 } from '../numbers.ts'
import type { Figure } from '../report.ts'
import { weave } from './clean.ts'
import { virtualLab } from './lab.ts'
import { losingInputs } from './lossy-inputs.ts'
import { ServerSide } from './measures.ts'
import { STEP, TICKS_PER_SNAPSHOT } from './track.ts'

const LOSS_PERCENT = 5
const SECONDS = 60
const NETWORK = { latencyMs: 35, jitterMs: 10 }
const UP_MS = 40

/** Inputs as datagrams of which 5 % are lost, on a link that is told so, and on one that is not and sends each input once. */
export async function loss(): Promise<Figure[]> {
  const random = new Random(23)
  const through = (connect: Connect): Connect => losingInputs(connect, LOSS_PERCENT, random)
  const untold = (connect: Connect): Connect => asIfWhole(through(connect))
  return [
    ...(await inputs('inputsRepeated', through, '< 1', '<= 4')),
    ...(await inputs('inputsOnce', untold, '', '')),
    ...(await others('webSocket', false, { ...NETWORK, lossPercent: LOSS_PERCENT }, '', '')),
    ...(await others('noLoss', false, NETWORK, '', '<= 2')),
    ...(await others('datagram', true, { ...NETWORK, lossPercent: LOSS_PERCENT }, '< 1', '<= 2')),
  ]
}

async function inputs(
  name: string,
  through: (connect: Connect) => Connect,
  starvedMust: string,
  queueMust: string,
): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const lab = await virtualLab({ seed: 21, onServerInput: server.onServerInput })
  const runner = await lab.join({ impair: NETWORK, through })
  runner.hold = weave(lab)
  await lab.run(5)
  const [fromMs, { starvedTicks }] = [lab.nowMs(), runner.room.stats]
  await lab.run(SECONDS)
  const starved = runner.room.stats.starvedTicks - starvedTicks
  const queue = server.queueTicks(runner.room.seat, fromMs, lab.nowMs(), UP_MS)
  await lab.close()
  return [
    { name: `loss.${name}.starved`, value: (100 * starved) / (60 * SECONDS), unit: '%', must: starvedMust },
    { name: `loss.${name}.inputQueue`, value: queue, unit: 'ticks', must: queueMust },
  ]
}

/**
 * What loss does to what is drawn of others. On an ordered way every lost packet, and all behind it, comes a retransmission
 * later.
 */
async function others(
  name: string,
  isDatagram: boolean,
  impair: Impairment,
  starvedMust: string,
  errorMust: string,
): Promise<Figure[]> {
  const server = new ServerSide(() => lab.nowMs())
  const lab = await virtualLab({ seed: 25, isDatagram, onServerInput: server.onServerInput })
  const mover = await lab.join()
  const viewer = await lab.join({ impair })
  mover.hold = weave(lab)
  viewer.hold = weave(lab)
  await lab.run(5)
  const { starvedTicks } = viewer.room.stats
  const errors: number[] = []
  viewer.onFrame = () => {
    const tick = (viewer.room as unknown as Internals).parts.loop.interpolator.tick
    const truth = server.betweenSnapshots(mover.room.seat, tick, viewer.room.tick % TICKS_PER_SNAPSHOT)
    for (const { owner, x } of viewer.room.view('runner')) {
      if (owner === mover.room.seat) errors.push(Math.abs(x - truth) / STEP)
    }
  }
  await lab.run(SECONDS)
  const starved = viewer.room.stats.starvedTicks - starvedTicks
  await lab.close()
  return [
    { name: `loss.${name}.starved`, value: (100 * starved) / (60 * SECONDS), unit: '%', must: starvedMust },
    { name: `loss.${name}.othersErrorP99`, value: p99(errors), unit: 'quantisation steps', must: errorMust },
  ]
}

interface Internals {
  readonly parts: { readonly loop: { readonly interpolator: { readonly tick: number } } }
}

/** The same way, without a word of what it loses. */
function asIfWhole(connect: Connect): Connect {
  return (url, handlers) => {
    const transport = connect(url, handlers)
    return {
      get bufferedBytes() {
        return transport.bufferedBytes
      },
      send: (bytes) => transport.send(bytes),
      close: (code, reason) => transport.close(code, reason),
    }
  }
}
