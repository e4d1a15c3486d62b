import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { Room } from '../../../server/src/room/room-api.ts'
import { RoomHarness } from '../room/harness.ts'
import type { Member } from '../room/harness.ts'

const schema = defineGame({
  name: 'teams',
  tickRateHz: 20,
  player: { call: field.uint({ max: 99 }).to('team') },
  entities: { scout: entity({ hp: field.uint({ max: 99 }), sees: field.uint({ max: 99 }).to('team') }) },
})
interface Teams extends TypesOf<typeof schema> {}
const game = defineSimulation<Teams>(schema, () => undefined)

async function start(): Promise<{ harness: RoomHarness; room: Room<Teams>; members: Member[] }> {
  const harness = new RoomHarness(defineRoom(game, { maxPlayers: 3 }))
  const room = harness.room.core.facade as unknown as Room<Teams>
  const members = [await harness.join({}), await harness.join({}), await harness.join({})]
  return { harness, room, members }
}

function step(harness: RoomHarness, members: readonly Member[]): void {
  harness.snapshot()
  for (const member of members) member.ack()
}

const sees = (member: Member): unknown => member.link.shown('scout')[0]!['sees']

describe("fields to('team')", () => {
  it('are told to the owner and to whoever shares a team with it, from the snapshot on in which that changes', async () => {
    const { harness, room, members } = await start()
    const [ada, eve, bob] = members as [Member, Member, Member]
    const scout = room.world.spawn('scout', { hp: 5, sees: 7 }, { owner: ada.seat })
    step(harness, members)
    expect([sees(ada), sees(eve), sees(bob)]).toEqual([7, undefined, undefined])
    room.players.get(ada.seat)!.team = 0b011
    room.players.get(eve.seat)!.team = 0b010
    room.players.get(bob.seat)!.team = 0b100
    step(harness, members)
    expect([sees(ada), sees(eve), sees(bob)]).toEqual([7, 7, undefined])
    room.players.get(eve.seat)!.team = 0b100
    step(harness, members)
    expect([sees(ada), sees(eve), sees(bob)]).toEqual([7, undefined, undefined])
    scout.owner = bob.seat
    scout.sees = 9
    step(harness, members)
    expect([sees(ada), sees(eve), sees(bob)]).toEqual([undefined, 9, 9])
    scout.owner = null
    step(harness, members)
    expect([sees(ada), sees(eve), sees(bob)]).toEqual([undefined, undefined, undefined])
  })

  it('of a player are told to its mates, and what is revealed comes on top', async () => {
    const { harness, room, members } = await start()
    const [ada, eve, bob] = members as [Member, Member, Member]
    const player = room.players.get(ada.seat)!
    player.team = 1
    player.state.call = 42
    room.players.get(eve.seat)!.team = 1
    step(harness, members)
    const calls = (): unknown[] => members.map(({ link }) => link.shown('#player')[0]!['call'])
    expect(calls()).toEqual([42, 42, undefined])
    room.world.reveal(player, room.players.get(bob.seat)!)
    step(harness, members)
    expect(calls()).toEqual([42, 42, 42])
  })

  it('are refused beside fields to revealed: both would be one secret', () => {
    const both = { a: field.bool().to('team'), b: field.bool().to('revealed') }
    expect(() => defineGame({ name: 'both', tickRateHz: 20, entities: { both: entity(both) } })).toThrow(
      /entities.both: expected fields to 'team' or to 'revealed', not both, got "a and b"/,
    )
  })
})
