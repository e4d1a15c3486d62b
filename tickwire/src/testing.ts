/** For tests: the whole system in one process on a clock that you move, and bad networks in front of real servers. */
export * from '@tickwire/sdk/testing'
export { FakeClock } from './testing/fake-clock.ts'
export { createStepper, Stepper } from './testing/stepper.ts'
export type { ClientParts, JoinParts, RunOptions, StepperClient, StepperOptions } from './testing/stepper.ts'
export type { Seam, ServerParts } from './testing/ends.ts'
