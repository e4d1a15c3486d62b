import { arenaWorld, codedArenaWorld } from './arena-world.ts'
import type { BenchWorld } from './bench-world.ts'
import { idleWorld } from './idle-world.ts'
import { interestWorld } from './interest-world.ts'

/** The workloads by name: both processes of a benchmark find theirs here. */
export const WORLDS = {
  arena: arenaWorld,
  codedArena: codedArenaWorld,
  idle: idleWorld,
  interest: interestWorld,
} as const satisfies Record<string, BenchWorld>
export type WorldName = keyof typeof WORLDS
