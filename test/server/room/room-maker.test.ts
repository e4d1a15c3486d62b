import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { StandardSchema, TypesOf } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { RoomError } from '../../../server/src/room/definition.ts'
import { createPacker } from '../../../server/src/room/packer.ts'
import { createRoomMaker } from '../../../server/src/room/room-maker.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { FakeLink, RoomHarness } from './harness.ts'
import { handlers, smallGame } from './small-game.ts'

function start(): { clock: FakeClock; maker: ReturnType<typeof createRoomMaker>; errors: RoomError[] } {
  const clock = new FakeClock()
  const errors: RoomError[] = []
  let draws = 0
  const random = (): number => (++draws % 997) / 997
  return { clock, errors, maker: createRoomMaker({ clock, random, reportError: (error) => void errors.push(error) }) }
}
const plan = (id: string) => ({ id, key: null, epoch: 1 })

describe('the room maker', () => {
  it('drives all its rooms from one timer, and shares the codec of a game', () => {
    const { clock, maker } = start()
    let ticks = 0
    const type = defineRoom(
      smallGame(() => void ticks++),
      { ...handlers, emptyRoomMs: 60_000 },
    )
    const rooms = ['a', 'b', 'c'].map((id) => maker.create(type, plan(id)))
    expect(rooms[0]).toMatchObject({ id: 'a', key: null, epoch: 1, gameName: 'small', maxPlayers: 16, freeSeats: 16 })
    expect(rooms[1]!.codec).toBe(rooms[0]!.codec)
    expect(clock.pending).toBe(1)
    clock.advance(1000)
    expect(ticks).toBe(60)
    expect(clock.pending).toBe(1)
    maker.close()
    expect(clock.pending).toBe(0)
  })

  it('says that rooms lose ticks, at once and then twice a minute, with how many', () => {
    const clock = new FakeClock()
    const warnings: string[] = []
    const host = {
      clock,
      random: () => 0.5,
      reportError: () => undefined,
      warn: (line: string) => void warnings.push(line),
    }
    const maker = createRoomMaker(host)
    let tookMs = 0
    const step = (): void => clock.advanceTo(clock.nowMs() + tookMs)
    maker.create(defineRoom(smallGame(step), { ...handlers, emptyRoomMs: 600_000 }), plan('a'))
    clock.advance(1000)
    expect(warnings).toEqual([])
    tookMs = 100
    clock.advance(59_000)
    maker.close()
    const told = warnings.map((line) => Number(/too slow: (\d+) ticks were dropped/.exec(line)?.[1]))
    expect(told).toHaveLength(2)
    expect(told[0]).toBe(1)
    // A tick that takes twice its time loses half of them.
    expect(told[1]).toBeGreaterThan(280)
  })

  it('gives each room other seeds', async () => {
    const { maker } = start()
    const type = defineRoom(smallGame(), handlers)
    const grants = await Promise.all(
      ['a', 'b'].map((id) => {
        const room = maker.create(type, plan(id))
        const join = room.codec.encodePayload(room.codec.schema.join, { name: 'x' })
        return room.join({ link: new FakeLink(room.codec), key: null, join })
      }),
    )
    expect(grants[0]!.simulationSeed).not.toBe(grants[1]!.simulationSeed)
    expect(grants.map(({ simulationSeed }) => simulationSeed >>> 0)).toEqual(
      grants.map(({ simulationSeed }) => simulationSeed),
    )
  })

  it('throws what onCreate throws, and a room that disposes itself there is none', () => {
    const { clock, maker } = start()
    const broken = defineRoom(smallGame(), { ...handlers, onCreate: () => void JSON.parse('{') })
    expect(() => maker.create(broken, plan('a'))).toThrow(SyntaxError)
    const unwilling = defineRoom(smallGame(), { ...handlers, onCreate: (room) => room.dispose() })
    expect(() => maker.create(unwilling, plan('a'))).toThrow(/disposed in its onCreate/)
    expect(clock.pending).toBe(0)
  })
})

const anyValue: StandardSchema<{ deck: number[] } | null> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as { deck: number[] } | null }) },
}

describe('free-form fields', () => {
  it('travel as msgpack in entities and messages', async () => {
    const schema = defineGame({
      name: 'free',
      tickRateHz: 10,
      entities: { box: entity({ content: field.packed(anyValue, { maxBytes: 64 }) }) },
      messages: { give: { toClient: { content: field.packed(anyValue, { maxBytes: 64 }) } } },
    })
    interface Free extends TypesOf<typeof schema> {}
    const room = defineRoom(
      defineSimulation<Free>(schema, () => undefined),
      {},
    )
    const harness = new RoomHarness(room, createPacker())
    const ada = await harness.join({})
    const snapshot = (): void => {
      harness.snapshot()
      ada.ack()
    }
    const box = harness.room.core.world.spawn('box', {})
    snapshot()
    expect(ada.link.shown('box')).toMatchObject([{ content: undefined }])
    box['content'] = { deck: [1, 2, 3] }
    snapshot()
    expect(ada.link.shown('box')).toMatchObject([{ content: { deck: [1, 2, 3] } }])
    // Changed in place: nobody was told, the bytes say so.
    ;(box['content'] as { deck: number[] }).deck.push(4)
    snapshot()
    expect(ada.link.shown('box')).toMatchObject([{ content: { deck: [1, 2, 3, 4] } }])
    const before = ada.link.told.length
    snapshot()
    expect(ada.link.told).toHaveLength(before)
    expect(harness.errors).toEqual([])
  })
})
