import type { GameSchema } from '@tickwire/protocol'
import type { Sample } from './light-room.ts'

/** How long a made-up input is held, in ms. */
const SHORTEST_MS = 250
const LONGEST_MS = 1400

/**
 * A player who presses things without a plan: each field of the game's input gets a random value for a moment. It makes the
 * traffic of somebody who plays, for any game.
 */
export function wander(schema: GameSchema, nowMs: () => number, random: () => number): Sample {
  let input: Record<string, unknown> = {}
  let untilMs = -Infinity
  return () => {
    const now = nowMs()
    if (now < untilMs) return input
    untilMs = now + SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS)
    input = {}
    for (const [name, { spec }] of Object.entries(schema.input)) input[name] = randomValue(spec, random)
    return input
  }
}

/** Of kinds that nobody steers with, such as texts, there is none: they stay neutral. */
function randomValue(spec: GameSchema['input'][string]['spec'], random: () => number): unknown {
  switch (spec.kind) {
    case 'bool':
      return random() < 0.5
    case 'press':
      return random() < 0.2
    case 'int':
      return spec.min + Math.floor(random() * (spec.max - spec.min + 1))
    case 'uint':
      return Math.floor(random() * (spec.max + 1))
    case 'fixed':
      return spec.min + random() * (spec.max - spec.min)
    case 'angle':
      return (random() * 2 - 1) * Math.PI
    case 'oneOf':
      return spec.values[Math.floor(random() * spec.values.length)]
    default:
      return undefined
  }
}
