import { defineGame, defineSimulation, entity, field } from '@tickwire/protocol'
import type { TypesOf } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { Player, Room } from '../../../server/src/room/room-api.ts'
import { RoomHarness } from '../room/harness.ts'
import type { Member } from '../room/harness.ts'

const place = field.fixed({ min: 0, max: 1000, precision: 1 / 4 })
const schema = defineGame({
  name: 'interest',
  tickRateHz: 20,
  snapshotRateHz: 20,
  entities: {
    spy: entity(
      { x: place, y: place, target: field.entity(), code: field.uint({ max: 99 }).to('revealed') },
      { position: ['x', 'y'] },
    ),
    tower: entity({ x: place, y: place }, { position: ['x', 'y'], relevant: 'always' }),
    moth: entity({ x: place, y: place }, { position: ['x', 'y'], far: { beyond: 50, everySnapshots: 4 } }),
  },
  events: { hit: { by: field.entity(), of: field.list(field.entity(), { maxItems: 4 }) } },
})
interface Types extends TypesOf<typeof schema> {}
const game = defineSimulation<Types>(schema, () => undefined)

type CanSee = (
  room: Room<Types>,
  player: Player<Types>,
  entity: { readonly id: number; readonly kind: string },
) => boolean
interface Setup {
  readonly harness: RoomHarness
  readonly room: Room<Types>
  readonly ada: Member
  readonly player: Player<Types>
}

async function start(canSee?: CanSee): Promise<Setup> {
  const harness = new RoomHarness(defineRoom(game, canSee === undefined ? {} : { canSee }))
  const ada = await harness.join({})
  const room = harness.room.core.facade as unknown as Room<Types>
  return { harness, room, ada, player: room.players.get(ada.seat)! }
}
function step({ harness, ada }: Setup): void {
  harness.snapshot()
  ada.ack()
}

describe('interest', () => {
  it('hides what the game says, within the view and without one', async () => {
    let hidden = -1
    const setup = await start((_room, _player, { id }) => id !== hidden)
    const { room, ada, player } = setup
    const [first, second] = [room.world.spawn('spy', { x: 1, y: 1 }), room.world.spawn('spy', { x: 2, y: 2 })]
    const seen = (): unknown[] => {
      step(setup)
      return ada.link.shown('spy').map(({ id }) => id)
    }
    expect(seen()).toEqual([first.id, second.id])
    hidden = second.id
    expect(seen()).toEqual([first.id])
    player.view = { x: 0, y: 0, radius: 50 }
    expect(seen()).toEqual([first.id])
    hidden = -1
    expect(seen()).toEqual([first.id, second.id])
  })

  it('hides what the game fails to judge, and says so', async () => {
    const setup = await start((_room, _player, { kind }) => {
      if (kind === 'tower') return true
      throw new Error('no idea')
    })
    setup.room.world.spawn('spy', { x: 1, y: 1 })
    setup.room.world.spawn('tower', { x: 1, y: 1 })
    step(setup)
    expect(setup.ada.link.shown('spy')).toEqual([])
    expect(setup.ada.link.shown('tower')).toHaveLength(1)
    expect(setup.harness.errors).toMatchObject([{ phase: 'interest', seat: setup.ada.seat }])
  })

  it('sends kinds that are always relevant from anywhere', async () => {
    const setup = await start()
    setup.player.view = { x: 0, y: 0, radius: 10 }
    setup.room.world.spawn('tower', { x: 900, y: 900 })
    setup.room.world.spawn('spy', { x: 900, y: 900 })
    step(setup)
    expect(setup.ada.link.shown('tower')).toHaveLength(1)
    expect(setup.ada.link.shown('spy')).toEqual([])
  })

  it('updates what is far away in every n-th snapshot, and says what it left out', async () => {
    const setup = await start()
    const { ada, room } = setup
    setup.player.view = { x: 0, y: 0, radius: 500 }
    const [near, far] = [room.world.spawn('moth', { x: 10, y: 0 }), room.world.spawn('moth', { x: 100, y: 0 })]
    step(setup)
    const ages: number[] = []
    for (let i = 1; i <= 12; i++) {
      near.y = far.y = i
      step(setup)
      const [first, second] = ada.link.shown('moth')
      expect(first!['y']).toBe(i)
      ages.push(i - Number(second!['y']))
      expect(ada.link.told.at(-1)!.header.isPartial).toBe(ages.at(-1)! > 0)
    }
    expect(ages).toEqual([1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0])
  })

  it('[SNP6] names only what the client holds: references turn null when it leaves and come back with it', async () => {
    const setup = await start()
    const { ada, room } = setup
    setup.player.view = { x: 0, y: 0, radius: 100 }
    const target = room.world.spawn('spy', { x: 500, y: 0 })
    room.world.spawn('spy', { x: 1, y: 1, target: target.id })
    const named = (x: number): unknown => {
      target.x = x
      step(setup)
      return ada.link.shown('spy').find(({ id }) => id !== target.id)!['target']
    }
    expect([500, 90, 112, 200, 90].map(named)).toEqual([null, target.id, target.id, null, target.id])
    room.world.despawn(target)
    step(setup)
    expect(ada.link.shown('spy')).toMatchObject([{ target: null }])
  })

  it('[SNP6] names only what the client holds in events, too', async () => {
    const setup = await start()
    const { ada, room } = setup
    setup.player.view = { x: 0, y: 0, radius: 100 }
    const [near, far] = [room.world.spawn('spy', { x: 1, y: 1 }), room.world.spawn('spy', { x: 500, y: 1 })]
    step(setup)
    room.emit('hit', { by: far.id, of: [near.id, far.id] })
    step(setup)
    expect(ada.link.told.at(-1)!.events).toMatchObject([{ payload: { by: null, of: [near.id, null] } }])
    setup.player.view = null
    room.emit('hit', { by: far.id, of: [near.id, far.id] })
    step(setup)
    expect(ada.link.told.at(-1)!.events).toMatchObject([{ payload: { by: far.id, of: [near.id, far.id] } }])
  })

  it('[SNP6] the bytes are the same whatever an entity out of sight is called', async () => {
    const bytesWith = async (others: number): Promise<string[]> => {
      const setup = await start()
      const { room, ada } = setup
      const received: string[] = []
      const flush = ada.link.flush.bind(ada.link)
      ada.link.flush = (bytes) => {
        if (bytes !== null) received.push(Buffer.from(bytes).toString('hex'))
        return flush(bytes)
      }
      setup.player.view = { x: 0, y: 0, radius: 100 }
      const spy = room.world.spawn('spy', { x: 1, y: 1 })
      const far = Array.from({ length: 4 }, () => room.world.spawn('spy', { x: 500, y: 1 }))
      for (let i = 0; i < 8; i++) {
        spy.x = i
        spy.target = far[i % others]!.id
        step(setup)
      }
      return received
    }
    expect(await bytesWith(1)).toEqual(await bytesWith(4))
  })

  it('reveals fields to a team, as long as a player is in it', async () => {
    const setup = await start()
    const { ada, room, player } = setup
    const spy = room.world.spawn('spy', { code: 7 })
    const code = (): unknown => {
      step(setup)
      return ada.link.shown('spy')[0]!['code']
    }
    room.world.reveal(spy, { team: 0b10 })
    expect(code()).toBeUndefined()
    player.team = 0b11
    expect(code()).toBe(7)
    room.world.conceal(spy, player)
    expect(code()).toBeUndefined()
    room.world.reveal(spy, 'all')
    expect(code()).toBe(7)
    room.world.conceal(spy, 'all')
    room.world.reveal(spy, { team: 0b01 })
    expect(code()).toBe(7)
    room.world.conceal(spy, { team: 0b01 })
    expect(code()).toBeUndefined()
    expect(() => {
      player.team = -1
    }).toThrow(/player.team: expected a bit mask/)
  })
})
