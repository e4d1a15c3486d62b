import type { GameSchema } from '@tickwire/protocol'
import { GameCodec } from '@tickwire/protocol/internal'
import type { RoomType } from './definition.ts'
import { DroppedTicks } from './dropped-ticks.ts'
import { createPacker } from './packer.ts'
import type { AnyRoomType, RoomHost, RoomMaker, RoomPlan, RoomPort } from './ports.ts'
import { observedScheduler } from './observed-scheduler.ts'
import { RoomMachine } from './room.ts'
import { Scheduler, yieldByTimer } from './scheduler.ts'
import { recordedRoom } from '../record/record-room.ts'

/** Makes this process's rooms; one scheduler drives them all. */
export function createRoomMaker(host: RoomHost): RoomMaker {
  const { clock, yieldToIo = yieldByTimer(clock) } = host
  const dropped = new DroppedTicks((line) => host.warn?.(line))
  const scheduler = new Scheduler(
    clock,
    yieldToIo,
    (error) => host.reportError({ error, phase: 'tick', roomId: '', seat: null }),
    (ticks, nowMs) => dropped.add(ticks, nowMs),
  )
  const codecs = new Map<GameSchema, GameCodec>()
  const codecOf = (schema: GameSchema): GameCodec => {
    const known = codecs.get(schema)
    if (known !== undefined) return known
    const codec = new GameCodec(schema, createPacker())
    codecs.set(schema, codec)
    return codec
  }
  return {
    create: (type: AnyRoomType, plan: RoomPlan): RoomPort =>
      // `AnyRoomType` only hides the game's types: what `defineRoom` made is a whole room type.
      makeRoom(type as unknown as RoomType, plan, codecOf(type.game.schema), host, scheduler),
    close: () => scheduler.close(),
  }
}

function makeRoom(type: RoomType, plan: RoomPlan, codec: GameCodec, host: RoomHost, plain: Scheduler): RoomMachine {
  const { record = false } = type.definition
  const { observeTick, clock } = host
  const scheduler = observeTick ? observedScheduler(plain, clock, type.game.schema.name, observeTick) : plain
  return record === false
    ? new RoomMachine(type, plan, codec, host, scheduler)
    : recordedRoom(type, plan, codec, host, scheduler)
}
