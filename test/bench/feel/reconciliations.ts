import type { GameTypes } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import type { Predictor, Reconciliation } from '../../../sdk/src/prediction/predictor.ts'

interface Watched {
  readonly tick: number
  reconcile: Predictor<GameTypes>['reconcile']
}

interface Internals {
  readonly parts: { readonly loop: { readonly predictor: Watched } }
}

/** Puts something around what a client does with each snapshot: `depth` is how many ticks that is behind its newest one. */
export function aroundReconcile<G extends GameTypes>(
  room: JoinedRoom<G>,
  around: (reconcile: () => Reconciliation, depth: number) => void,
): void {
  const { predictor } = (room as unknown as Internals).parts.loop
  const reconcile = predictor.reconcile.bind(predictor)
  predictor.reconcile = (tick, own, keys) => {
    let outcome: Reconciliation = { miss: null, isReplayed: false }
    around(() => (outcome = reconcile(tick, own, keys)), predictor.tick - tick)
    return outcome
  }
}

/** The fields that snapshots had otherwise than predicted, from now on; also where it was too little to be seen. */
export function watchMisses<G extends GameTypes>(room: JoinedRoom<G>): readonly string[] {
  const misses: string[] = []
  aroundReconcile(room, (reconcile) => {
    const { miss } = reconcile()
    if (miss !== null) misses.push(miss)
  })
  return misses
}
