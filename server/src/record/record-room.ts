import type { GameCodec } from '@tickwire/protocol/internal'
import type { RoomType } from '../room/definition.ts'
import type { RoomHost, RoomPlan } from '../room/ports.ts'
import { RoomMachine } from '../room/room.ts'
import type { RoomScheduler } from '../room/scheduler.ts'
import { recordPlan } from './header.ts'
import { Recorder } from './recorder.ts'
import { recordFiles } from './sink.ts'

const DEFAULT_FOLDER = 'recordings'

/** A room that its type wants recorded. */
export function recordedRoom(
  type: RoomType,
  plan: RoomPlan,
  codec: GameCodec,
  host: RoomHost,
  scheduler: RoomScheduler,
): RoomMachine {
  const { record, keyframeSeconds = 1, emptyRoomMs } = type.definition
  const { name: game, tickRateHz, ticksPerSnapshot } = codec.schema
  const recordTo = typeof record === 'function' ? record : recordFiles(DEFAULT_FOLDER)
  const recorder = new Recorder(
    recordTo({ id: plan.id, key: plan.key, epoch: plan.epoch, game }),
    Math.max(1, Math.round(keyframeSeconds * tickRateHz)),
    (why) => host.warn?.(`room "${plan.id}": the recording ends at its present tick: ${why}`),
  )
  const draws: number[] = []
  const random = (): number => {
    draws.push(host.random())
    return draws.at(-1)!
  }
  // Before the room exists nothing is written: its `onCreate` may throw.
  const room = new RoomMachine(
    type,
    plan,
    codec,
    { ...host, clock: recorder.clockOver(host.clock), random, tape: recorder },
    scheduler,
  )
  recorder.begin({
    game,
    hashes: codec.hashes,
    plan: recordPlan(plan),
    draws,
    snapshotPhase: room.ordinal % ticksPerSnapshot,
    maxPlayers: room.maxPlayers,
    ...(emptyRoomMs === undefined ? {} : { emptyRoomMs }),
  })
  return room
}
