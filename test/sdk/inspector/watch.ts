import type { GameTypes } from '@tickwire/protocol'
import type { StepperClient } from 'tickwire/testing'
import { Probe } from '../../../sdk/src/inspector/probe.ts'
import { observedOf } from '../../../sdk/src/observer.ts'
import type { Observed } from '../../../sdk/src/observer.ts'

/** The client's observer, as an open inspector sets it. */
export function watch<G extends GameTypes>({ client }: StepperClient<G>): { probe: Probe; observed: Observed } {
  const observed = observedOf(client)
  const probe = new Probe(observed, null, () => undefined)
  observed.observer = probe
  return { probe, observed }
}
