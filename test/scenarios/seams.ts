import { afterEach, vi } from 'vitest'
import { createStepper } from 'tickwire/testing'
import type { Stepper, StepperOptions } from 'tickwire/testing'
import type { GameTypes } from '@tickwire/protocol'

/** Every scenario runs at both: packets in memory, and real ws over streams in memory. */
export const SEAMS = ['transport', 'ws'] as const

/** Simulated minutes are seconds of work, and more on a machine that is busy with other tests. */
export function allowSlowMachines(): void {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
}

/** Starts steppers that are closed after each test; a failed test prints what both ends knew. */
export function useStepper(): <G extends GameTypes>(options: StepperOptions) => Stepper<G> {
  allowSlowMachines()
  const running: { close(): Promise<void>; report(): string }[] = []
  afterEach(async ({ task }) => {
    for (const stepper of running.splice(0)) {
      if (task.result?.state === 'fail') console.log(stepper.report())
      await stepper.close()
    }
  })
  return <G extends GameTypes>(options: StepperOptions) => {
    const stepper = createStepper<G>(options)
    running.push(stepper)
    return stepper
  }
}
