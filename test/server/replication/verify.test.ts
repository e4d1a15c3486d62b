import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import type { Room } from '../../../server/src/room/room-api.ts'
import { RoomHarness } from '../room/harness.ts'
import type { Member } from '../room/harness.ts'
import { handlers, smallGame } from '../room/small-game.ts'
import type { Small } from '../room/small-game.ts'
import { stateHash } from './state-hash.ts'

function start(verify: boolean): { harness: RoomHarness; room: Room<Small> } {
  const harness = new RoomHarness(defineRoom(smallGame(), { ...handlers, verify }))
  return { harness, room: harness.room.core.facade as unknown as Room<Small> }
}

const hashesOf = ({ link }: Member) => link.items.filter((item) => item.type === 'stateHash')

function play(harness: RoomHarness, member: Member, snapshots: number): void {
  for (let i = 0; i < snapshots; i++) {
    harness.snapshot()
    member.ack()
  }
}

describe('verify: true', () => {
  it('[VER1][VER2] sends about once a second the hash of what the client holds with that snapshot', async () => {
    const { harness, room } = start(true)
    const ada = await harness.join()
    for (let i = 0; i < 5; i++) room.world.spawn('ball', { x: i, y: i, tag: 'abcd' }, { owner: ada.seat })
    for (let i = 0; i < 60; i++) {
      const before = hashesOf(ada).length
      play(harness, ada, 1)
      const [hash] = hashesOf(ada).slice(before)
      if (hash === undefined) continue
      expect(hash).toMatchObject({ tick16: ada.link.tick & 0xffff, hash: stateHash(ada.link.replica, ada.link.tick) })
    }
    expect(hashesOf(ada).length).toBeGreaterThan(1)
    expect(hashesOf(ada).length).toBeLessThan(10)
  })

  it('sends none unless it is asked for', async () => {
    const { harness } = start(false)
    const ada = await harness.join()
    play(harness, ada, 60)
    expect(hashesOf(ada)).toEqual([])
  })

  it('[VER1] sends none with a snapshot that leaves something out', async () => {
    const { harness, room } = start(true)
    const ada = await harness.join()
    room.players.get(ada.seat)!.bytesPerSecond = 256
    const balls = Array.from({ length: 60 }, (_, i) => room.world.spawn('ball', { x: i, y: 1, tag: 'abcd' }))
    for (let i = 0; i < 40; i++) {
      for (const ball of balls) ball.tag = `${i}`
      play(harness, ada, 1)
      expect(ada.link.told.at(-1)!.header.isPartial).toBe(true)
    }
    expect(hashesOf(ada)).toEqual([])
  })

  it.each([
    ['that sees all', null],
    ['in a view of its own', { x: 50, y: 50, radius: 200 }],
  ])('[VER4] tells a client %s everything in a second snapshot of the tick, once for each hash', async (_, view) => {
    const { harness, room } = start(true)
    const ada = await harness.join()
    room.players.get(ada.seat)!.view = view
    const ball = room.world.spawn('ball', { x: 40, y: 40, tag: 'abcd' })
    play(harness, ada, 3)
    const held = [...ada.link.replica.entities.values()].find(({ id }) => id === ball.id)!
    held.anchors.all.row[held.kind.tracks.all.columns.findIndex(({ name }) => name === 'x')]! += 3
    expect(ada.link.shown('ball')[0]).not.toMatchObject({ x: ball.x, y: ball.y })
    const told = ada.link.told.length
    harness.room.receiveMismatch(ada.seat, hashesOf(ada).at(-1)!.tick16)
    harness.room.receiveMismatch(ada.seat, hashesOf(ada).at(-1)!.tick16)
    harness.room.receiveMismatch(ada.seat, 0xffff)
    play(harness, ada, 2)
    expect(ada.link.told.length - told).toBe(2)
    const [first, second] = ada.link.told.slice(told)
    expect(second!.header.tick).toBe(first!.header.tick)
    expect(second!.entered).toEqual([])
    expect(ada.link.shown('ball')[0]).toMatchObject({ x: ball.x, y: ball.y })
  })

  it('[VER4] that second snapshot tells everything at once, whatever the budget', async () => {
    const { harness, room } = start(true)
    const ada = await harness.join()
    for (let i = 0; i < 60; i++) room.world.spawn('ball', { x: i, y: 1, tag: 'abcd' })
    play(harness, ada, 3)
    room.players.get(ada.seat)!.bytesPerSecond = 256
    play(harness, ada, 3)
    harness.room.receiveMismatch(ada.seat, hashesOf(ada).at(-1)!.tick16)
    const told = ada.link.told.length
    for (let i = 0; i < 20 && ada.link.told.length < told + 2; i++) play(harness, ada, 1)
    expect(ada.link.told.at(-1)).toMatchObject({ header: { isPartial: false }, entered: [], left: [] })
  })

  it('[VER4] that second snapshot takes away nothing that is only still in view', async () => {
    const { harness, room } = start(true)
    const ada = await harness.join()
    room.players.get(ada.seat)!.view = { x: 0, y: 0, radius: 50 }
    const ball = room.world.spawn('ball', { x: 49, y: 0 })
    play(harness, ada, 2)
    ball.x = 52
    play(harness, ada, 1)
    expect(ada.link.shown('ball')).toHaveLength(1)
    harness.room.receiveMismatch(ada.seat, hashesOf(ada).at(-1)!.tick16)
    const told = ada.link.told.length
    play(harness, ada, 1)
    expect(ada.link.told.slice(told)).toMatchObject([{ left: [] }, { left: [], entered: [] }])
  })
})
