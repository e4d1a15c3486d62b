import { defineGame, defineSimulation, field } from '@tickwire/protocol'
import type { SimEntity, TypesOf } from '@tickwire/protocol'
import { describe, expectTypeOf, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { RoomDefinition, RoomType } from '../../../server/src/room/definition.ts'
import type { JoinRequest, Player, Room } from '../../../server/src/room/room-api.ts'
import { arena } from '../../games/arena/arena.ts'
import type { Arena } from '../../games/arena/arena.ts'

type ArenaDefinition = RoomDefinition<Arena, unknown>

const quietSchema = defineGame({ name: 'quiet', tickRateHz: 10, join: { name: field.text({ maxBytes: 8 }) } })
interface Quiet extends TypesOf<typeof quietSchema> {}
const quiet = defineSimulation<Quiet>(quietSchema, () => undefined)

/** Whether the compiler takes a literal for a definition, as `defineRoom` would. */
type Takes<D> = D extends ArenaDefinition ? true : false
interface Chat {
  chat(room: Room<Arena>, player: Player<Arena>, payload: { text: string }): void
}
interface Refill {
  refill(room: Room<Arena>, player: Player<Arena>, ask: { kind: 'ammo' | 'shield' }): { ammo: number }
}

describe('the types of defineRoom', () => {
  it('infer room, player, data and payloads from the game and from `data`', () => {
    const room = defineRoom(arena, {
      data: () => ({ kills: 0 }),
      onJoin(own, player, request) {
        expectTypeOf(own.data).toEqualTypeOf<{ kills: number }>()
        expectTypeOf(own.state.phase).toEqualTypeOf<'warmup' | 'playing' | 'over'>()
        expectTypeOf(player.join.name).toEqualTypeOf<string>()
        expectTypeOf(player.state.score).toEqualTypeOf<number>()
        expectTypeOf(player).toEqualTypeOf<Player<Arena>>()
        expectTypeOf(request).toEqualTypeOf<JoinRequest>()
        for (const ship of player.owned('ship')) expectTypeOf(ship).toEqualTypeOf<SimEntity<Arena, 'ship'>>()
        expectTypeOf<Parameters<typeof own.world.spawn>[0]>().toEqualTypeOf<'ship' | 'bullet'>()
      },
      onTick(own) {
        expectTypeOf(own).toEqualTypeOf<Room<Arena, { kills: number }>>()
        const shot = own.rewind([...own.players.values()][0]!, (past) =>
          past.ray('ship', own.state as never, own.state as never),
        )
        expectTypeOf(shot?.entity.hp).toEqualTypeOf<number | undefined>()
      },
      onMessage: {
        chat(own, player, payload) {
          expectTypeOf(payload).toEqualTypeOf<{ text: string }>()
          type Sent = { from: number | null; text: string }
          expectTypeOf<Parameters<typeof own.broadcast<'chat'>>[1]>().toEqualTypeOf<Sent>()
          expectTypeOf<Parameters<typeof player.send>[0]>().toEqualTypeOf<'chat'>()
        },
      },
      onRequest: {
        refill(_own, _player, ask) {
          expectTypeOf(ask.kind).toEqualTypeOf<'ammo' | 'shield'>()
          return { ammo: 1 }
        },
      },
    })
    expectTypeOf(room).toEqualTypeOf<RoomType>()
  })

  it('let rooms of several games stand in one list', () => {
    const rooms = [
      defineRoom(quiet, {}),
      defineRoom(arena, { onMessage: { chat: () => undefined }, onRequest: { refill: () => ({ ammo: 1 }) } }),
    ]
    expectTypeOf(rooms).toEqualTypeOf<RoomType[]>()
  })

  it('require onMessage and onRequest exactly when the schema declares some', () => {
    expectTypeOf<Takes<{ onMessage: Chat; onRequest: Refill }>>().toEqualTypeOf<true>()
    expectTypeOf<Takes<{ onRequest: Refill }>>().toEqualTypeOf<false>()
    expectTypeOf<Takes<{ onMessage: Chat }>>().toEqualTypeOf<false>()
    expectTypeOf<{ maxPlayers: number }>().toExtend<RoomDefinition<Quiet, unknown>>()
    expectTypeOf<{ onMessage: Chat }>().not.toExtend<RoomDefinition<Quiet, unknown>>()
    expectTypeOf<{ onRequest: Refill }>().not.toExtend<RoomDefinition<Quiet, unknown>>()
  })

  it('refuse a wrong payload, reply or option', () => {
    interface WrongChat {
      chat(room: Room<Arena>, player: Player<Arena>, payload: { text: number }): void
    }
    interface WrongRefill {
      refill(room: Room<Arena>, player: Player<Arena>, ask: { kind: 'ammo' | 'shield' }): { ammo: string }
    }
    expectTypeOf<Takes<{ onMessage: WrongChat; onRequest: Refill }>>().toEqualTypeOf<false>()
    expectTypeOf<Takes<{ onMessage: Chat; onRequest: WrongRefill }>>().toEqualTypeOf<false>()
    expectTypeOf<Takes<{ onMessage: Chat; onRequest: Refill; maxPlayers: string }>>().toEqualTypeOf<false>()
    expectTypeOf<Takes<{ onMessage: Chat; onRequest: Refill; onTick: number }>>().toEqualTypeOf<false>()
  })

  it('refuse a misspelt handler in the object literal', () => {
    const handlers = { onMessage: { chat: () => undefined }, onRequest: { refill: () => ({ ammo: 1 }) } }
    // @ts-expect-error onJion is no handler, and excess properties of a literal do not compile
    const misspelt = (): RoomType => defineRoom(arena, { ...handlers, onJion() {} })
    // @ts-expect-error nor is a message that the schema does not declare
    const unknown = (): RoomType => defineRoom(arena, { ...handlers, onMessage: { chat() {}, chatt() {} } })
    expectTypeOf(misspelt).returns.toEqualTypeOf<RoomType>()
    expectTypeOf(unknown).returns.toEqualTypeOf<RoomType>()
  })
})
