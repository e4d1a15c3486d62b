/** The other direction: a client that was written from docs/protocol.md alone plays on a real server, beside a real client. */
import { describeSection, NO_WISH, SECTIONS } from '@tickwire/protocol/internal'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Transport } from '../../sdk/src/connection/transport.ts'
import { arena, arenaSchema } from '../games/arena/arena.ts'
import type { Arena } from '../games/arena/arena.ts'
import { arenaRoom } from '../games/arena/room.ts'
import { murmur3 } from '../protocol/murmur3.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import { SecondClient } from './second-client.ts'

/** Each code unit is a word of four bytes, the lowest first. */
const wordsOf = (text: string): number[] =>
  text.split('').flatMap((unit) => [unit.charCodeAt(0) & 0xff, unit.charCodeAt(0) >> 8, 0, 0])
const HASHES = SECTIONS.map((section) => murmur3(wordsOf(describeSection(arenaSchema, section).join('\n')), 0))
/** Thrust, turn, fire: the integers of the arena's input. */
const THRUST = [1, 0, 0]
const FIRE = [0, 0, 1]
const AHEAD = 8

let stepper: Stepper<Arena>
let eve: SecondClient
let closedWith: number | null

beforeEach(() => {
  closedWith = null
  stepper = createStepper<Arena>({ rooms: [arenaRoom], seed: 12 })
  eve = new SecondClient(arenaSchema, () => undefined)
  dial()
})

/** Gives the second client a connection, its first or another one. */
function dial(): Transport {
  const transport = stepper.connectBare({
    onOpen: () => undefined,
    onReceive: (packet) => eve.receive(packet.slice()),
    onClose: (code) => (closedWith = code),
  })
  eve.send = (packet) => transport.send(packet)
  return transport
}

afterEach(async () => {
  await stepper.close()
})

async function enter(): Promise<number> {
  await stepper.sleep(0.1)
  eve.greetAndJoin(HASHES, { name: 'Eve' })
  await stepper.sleep(0.2)
  return eve.itemsOf('joined')[0]!.seat
}

/** Lets frames pass in each of which the second client sends an input. */
async function steer(frames: number, columns: readonly number[]): Promise<void> {
  for (let i = 0; i < frames; i++) {
    eve.steer(columns, AHEAD)
    await stepper.run(1 / 60)
  }
}

/** What a client without prediction knows of its own ship: owner is the second column behind five hot ones. */
const ownShip = (seat: number) => eve.entities().find(({ kind, all }) => kind === 'ship' && all?.[5] === seat + 1)

describe('a client written from the page', () => {
  it('[HSK1] [HSK8] [SNP4] joins with one packet, and sees the world', async () => {
    const bob = await stepper.join(arena, { name: 'Bob' })
    const seat = await enter()
    expect(eve.heard[0]).toMatchObject({ type: 'welcome', resumed: false })
    expect(eve.itemsOf('joined')).toMatchObject([{ roomId: bob.id, channel: 1 }])
    expect(ownShip(seat)?.owner).toHaveLength(7)
    expect(ownShip(bob.seat)).toMatchObject({ kind: 'ship', owner: undefined })
    expect(bob.players.get(seat)).toMatchObject({ name: 'Eve', connected: true })
  })

  it('[INP1] [INP5] [REC1] steers its ship, and sees it where the others do', async () => {
    const bob = await stepper.join(arena, { name: 'Bob' })
    const seat = await enter()
    const [vx] = ownShip(seat)!.all as [number]
    await steer(60, THRUST)
    // At most 240 units per second, in steps of 1/32, from a second of thrust.
    expect(Math.abs((ownShip(seat)!.all as [number])[0] - vx)).toBeGreaterThan(0)
    await steer(30, [0, 0, 0])
    const mine = ownShip(seat)!.all as [number, number, number, number]
    const seen = [...bob.view('ship')].find(({ owner }) => owner === seat)!
    expect([seen.vx, seen.vy]).toEqual([mine[0] / 32, mine[1] / 32])
    expect(
      eve.heard.filter(({ type, starvedTicks }) => type === 'snapshot' && Number(starvedTicks) > 0).length,
    ).toBeLessThan(9)
  })

  it('[EVT1] [EVT2] fires, and is told which of its own shots it was', async () => {
    const seat = await enter()
    await steer(20, [0, 0, 0])
    await steer(1, FIRE)
    await steer(20, [0, 0, 0])
    const told = eve.heard.flatMap(({ type, spawnKeys, events }) =>
      type === 'snapshot' ? [{ spawnKeys, events }] : [],
    )
    expect(told.flatMap(({ events }) => events)).toMatchObject([{ event: 0, n: 0 }])
    expect(told.flatMap(({ spawnKeys }) => spawnKeys)).toMatchObject([{ n: 0 }])
    expect((ownShip(seat)!.owner as number[])[5]).toBe(29)
  })

  it('[REL1] [REL6] [CLK2] talks and asks', async () => {
    const bob = await stepper.join(arena, { name: 'Bob' })
    const heard: string[] = []
    bob.onMessage('chat', ({ text }) => heard.push(text))
    await enter()
    eve.tell('chat', { text: 'hello, 世界' })
    eve.ask('refill', { kind: 'ammo' }, 77)
    await stepper.run(0.3)
    expect(heard).toEqual(['hello, 世界'])
    expect(eve.itemsOf('message').map(({ values }) => values)).toMatchObject([{ text: 'hello, 世界' }])
    expect(eve.itemsOf('reply')).toMatchObject([{ id: 77, values: { ammo: 30 } }])
  })

  it('[HSK4] [HSK6] [HSK7] takes its link over on another connection, and its seat goes on from the held snapshot', async () => {
    const seat = await enter()
    await steer(30, THRUST)
    const [entities, snapshots] = [eve.entities(), eve.heard.filter(({ type }) => type === 'snapshot').length]
    dial()
    await stepper.sleep(0.1)
    eve.greetAgain(HASHES)
    await stepper.sleep(0.1)
    expect(closedWith).toBe(4003)
    expect(eve.heard.findLast(({ type }) => type === 'welcome')).toMatchObject({ resumed: true, seatResumed: true })
    await steer(30, THRUST)
    expect(eve.heard.filter(({ type }) => type === 'snapshot').length).toBeGreaterThan(snapshots + 5)
    expect(eve.itemsOf('joined')).toHaveLength(1)
    expect(ownShip(seat)!.id).toBe(entities.find(({ kind }) => kind === 'ship')!.id)
  })

  it('[REL7] may be late on a channel that it left, and may not speak on one that it never joined', async () => {
    await enter()
    eve.leave()
    eve.tell('chat', { text: 'too late' })
    await stepper.sleep(0.2)
    expect(eve.itemsOf('left')).toMatchObject([{ channel: 1, reason: 'left' }])
    expect(closedWith).toBeNull()
    eve.push({ type: 'cancel', channel: 2, id: 1 })
    await stepper.sleep(0.2)
    expect(closedWith).toBe(4000)
  })

  it('[REL7] [PKT4] is refused a join on channel 0, and nobody else notices', async () => {
    const bob = await stepper.join(arena, { name: 'Bob' })
    await enter()
    const join = {
      verb: 'create',
      game: 'arena',
      hashes: HASHES,
      room: '',
      reservation: '',
      wish: NO_WISH,
      join: new Uint8Array(1),
    } as const
    eve.push({ type: 'join', channel: 0, ...join })
    await stepper.run(0.3)
    expect(closedWith).toBe(4000)
    expect(bob.connection.phase).toBe('online')
  })
})
