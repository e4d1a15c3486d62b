import { GameCodec } from '@tickwire/protocol/internal'
import { createStepper } from 'tickwire/testing'
import type { Stepper, StepperClient } from 'tickwire/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { Decoder } from '../../../sdk/src/inspector/decode.ts'
import type { DecodedMessage } from '../../../sdk/src/inspector/decode.ts'
import { arena } from '../../games/arena/arena.ts'
import type { Arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'

let stepper: Stepper<Arena> | null = null
afterEach(() => stepper?.close())

/** All that one client and its server say, decoded by somebody who only listens. */
function listen(client: StepperClient<Arena>, decoder = new Decoder(new GameCodec(arena.schema))): DecodedMessage[] {
  const heard: DecodedMessage[] = []
  const connection = decoder.connect()
  client.onSend = (packet) => heard.push(...connection.decode('up', packet))
  client.onReceive = (packet) => heard.push(...connection.decode('down', packet))
  return heard
}

function stand(): StepperClient<Arena> {
  stepper = createStepper<Arena>({ rooms: [arenaRoom], clients: 1 })
  return stepper.clients[0]!
}

const only = (heard: readonly DecodedMessage[], type: string): DecodedMessage[] =>
  heard.filter((message) => message.type === type)

describe('a decoder that only listens', () => {
  it('knows a join, what it was joined with, and the seat that came of it', async () => {
    const heard = listen(stand())
    const room = await stepper!.join(arena, { name: 'Ada' })
    expect(only(heard, 'join')[0]!.says).toMatchObject({ verb: 'joinOrCreate', game: 'arena', join: { name: 'Ada' } })
    expect(only(heard, 'joined')[0]).toMatchObject({ direction: 'down', says: { room: room.id, seat: room.seat } })
  })

  it('tells entities as their client holds them: who comes, what changes, who goes', async () => {
    const client = stand()
    const heard = listen(client)
    const room = await stepper!.join(arena, { name: 'Ada' })
    await stepper!.run(3, { input: ({ tick }) => ({ thrust: true, turn: 1, fire: tick % 40 < 4 }) })
    const changes = only(heard, 'snapshot').flatMap((message) => message.changes)
    const entered = changes.find(({ change, kind }) => change === 'enter' && kind === 'ship')!
    expect(entered).toMatchObject({ id: room.mine('ship')!.id, owner: room.seat, fields: { hp: 100, ammo: 30 } })
    const held = Object.assign(
      {},
      ...changes.filter(({ id }) => id === entered.id).map(({ fields }) => fields),
    ) as object
    expect(held).toMatchObject({ ammo: expect.any(Number) })
    expect((held as { ammo: number }).ammo).toBeLessThan(30)
    const kinds = new Set(changes.map(({ change, kind }) => `${change} ${kind}`))
    expect([...kinds]).toEqual(expect.arrayContaining(['enter bullet', 'update ship', 'leave bullet', 'enter #player']))
    expect(only(heard, 'snapshot').flatMap(({ events }) => events)[0]).toMatchObject({ name: 'shot' })
    expect(only(heard, 'inputs').at(-1)!.says['inputs']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ fields: { thrust: true, turn: 1, fire: expect.any(Boolean) } }),
      ]),
    )
    expect(only(heard, 'undecodable')).toEqual([])
  })

  it('tells messages and requests by name, with what they say, and answers by what they answer', async () => {
    const client = stand()
    const heard = listen(client)
    const room = await stepper!.join(arena, { name: 'Ada' })
    room.send('chat', { text: 'hello' })
    await stepper!.until(room.request('refill', { kind: 'ammo' }))
    await stepper!.until(client.client.lobby(arena).list())
    await stepper!.run(0.5)
    const calls = heard.filter(({ payload }) => payload !== null)
    expect(calls).toMatchObject([
      { direction: 'up', type: 'message', name: 'chat', payload: { text: 'hello' } },
      { direction: 'up', type: 'request', name: 'refill', payload: { kind: 'ammo' } },
      { direction: 'down', type: 'message', name: 'chat', payload: { from: room.seat, text: 'hello' } },
      { direction: 'down', type: 'reply', name: 'refill', payload: { ammo: 30 } },
      { direction: 'up', type: 'request', name: 'list', channel: 0 },
      { direction: 'down', type: 'reply', name: 'list', payload: { rooms: [{ id: room.id, players: 1 }] } },
    ])
  })

  it('goes on in the next connection of the same link, and after a reload', async () => {
    const client = stand()
    const decoder = new Decoder(new GameCodec(arena.schema))
    const heard = listen(client, decoder)
    await stepper!.join(arena, { name: 'Ada' })
    await stepper!.run(1)
    client.network.cut()
    await stepper!.run(5, { input: () => ({ turn: 1 }) })
    expect(only(heard, 'welcome').map(({ says }) => says['seatResumed'])).toEqual([false, true])
    expect(only(heard, 'undecodable')).toEqual([])
    expect(only(heard, 'snapshot').at(-1)!.says).toMatchObject({ tick: expect.any(Number) })
    client.network.cut()
    client.network.stall(Infinity)
    const reloaded = stepper!.addClient({ storage: client.storage })
    const again = listen(reloaded, decoder)
    reloaded.room = await stepper!.until(reloaded.client.resume(arena))
    await stepper!.run(1)
    expect(only(again, 'snapshot').flatMap(({ changes }) => changes)).toContainEqual(
      expect.objectContaining({ change: 'enter', kind: 'ship' }),
    )
    expect(only(again, 'undecodable')).toEqual([])
  })

  it('tells no secrets: no token, no ticket, and of a link only enough to tell it from others', async () => {
    const client = stand()
    const heard = listen(client)
    await stepper!.join(arena, { name: 'Ada' })
    const [hello] = only(heard, 'hello')
    expect(hello!.says).toEqual({ version: 1, link: expect.stringMatching(/^[0-9a-f]{8}$/), ticketBytes: 0 })
    expect(Object.keys(only(heard, 'welcome')[0]!.says)).not.toContain('token')
  })

  it('says what it cannot read, and reads on', () => {
    const connection = new Decoder(new GameCodec(arena.schema)).connect()
    expect(connection.decode('up', Uint8Array.of(0x7f, 1, 2))).toMatchObject([{ type: 'undecodable', direction: 'up' }])
    expect(connection.decode('down', new Uint8Array(0))).toMatchObject([{ type: 'undecodable', bytes: 0 }])
    const snapshot = connection.decode('down', Uint8Array.of(3, 1, 1, 0, 1, 0, 0))
    expect(snapshot).toMatchObject([{ type: 'snapshot', says: { why: 'what it leads on from was not seen' } }])
  })
})
