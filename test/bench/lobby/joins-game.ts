import { defineGame, defineSimulation, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'

const schema = defineGame({ name: 'storm', tickRateHz: 20, snapshotRateHz: 5, input: { up: field.bool() } })
interface Storm extends TypesOf<typeof schema> {}

const running = defineGame({ name: 'runner', tickRateHz: 60, input: { up: field.bool() } })
interface Runner extends TypesOf<typeof running> {}

/** What runs while others join. */
export const runnerGame = defineSimulation<Runner>(running, () => {})

/** A game in which nothing happens: what joins cost is the server's own work. */
export const stormGame = defineSimulation<Storm>(schema, () => {})
