import { DecodeError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { flyer, flyerSchema } from './flyer.ts'
import type { Flyer } from './flyer.ts'
import { RoomSetup } from './room-setup.ts'

const CHAT = 0
const AIM = 1

const newSetup = (): RoomSetup<Flyer> => new RoomSetup<Flyer>(flyer)

function chat(setup: RoomSetup<Flyer>, text: string): void {
  const payload = setup.link.codec.encodePayload(flyerSchema.messages['chat']!.toClient!, { text })
  setup.opened.receiveCall({ type: 'message', channel: 0, message: CHAT, payload })
}

describe('a message from the room', () => {
  it('reaches its listeners on arrival, in order', () => {
    const setup = newSetup()
    setup.run(100)
    const heard: string[] = []
    setup.room.onMessage('chat', ({ text }) => heard.push(text))
    chat(setup, 'one')
    chat(setup, 'two')
    expect(heard).toEqual(['one', 'two'])
  })

  it('that came before the game could listen is kept until it does', async () => {
    const setup = newSetup()
    chat(setup, 'welcome')
    const heard: string[] = []
    setup.room.onMessage('chat', ({ text }) => heard.push(text))
    expect(heard).toEqual([])
    await Promise.resolve()
    expect(heard).toEqual(['welcome'])
  })

  it('is not kept for ever: behind the first frame, who does not listen does not want to', async () => {
    const setup = newSetup()
    setup.run(100)
    chat(setup, 'missed')
    const heard: string[] = []
    setup.room.onMessage('chat', ({ text }) => heard.push(text))
    await Promise.resolve()
    expect(heard).toEqual([])
  })

  it('may come as latest too', () => {
    const setup = newSetup()
    const heard: string[] = []
    setup.room.onMessage('chat', ({ text }) => heard.push(text))
    const payload = setup.link.codec.encodePayload(flyerSchema.messages['chat']!.toClient!, { text: 'newest' })
    setup.opened.receiveLatest({ type: 'latest', channel: 0, message: CHAT, payload })
    expect(heard).toEqual(['newest'])
  })

  it('[REL6] is an error when the schema does not know it, does not send it to clients, or its bytes are none', () => {
    const setup = newSetup()
    const receive = (message: number, payload: Uint8Array) => () =>
      setup.opened.receiveCall({ type: 'message', channel: 0, message, payload })
    expect(receive(99, new Uint8Array(0))).toThrow(DecodeError)
    expect(receive(AIM, new Uint8Array(4))).toThrow(DecodeError)
    expect(receive(CHAT, new Uint8Array([9, 1]))).toThrow(DecodeError)
  })
})

describe('a message to the room', () => {
  it('is queued as a reliable item with its index and its bytes', () => {
    const setup = newSetup()
    expect(setup.room.send('chat', { text: 'hello' })).toBe(true)
    const payload = setup.link.codec.encodePayload(flyerSchema.messages['chat']!.toServer!, { text: 'hello' })
    expect(setup.link.items).toEqual([{ type: 'message', channel: 0, message: CHAT, payload }])
  })

  it('says when the buffer is full', () => {
    const setup = newSetup()
    setup.link.isFull = true
    expect(setup.room.send('chat', { text: 'hello' })).toBe(false)
  })

  it('goes as latest when asked to', () => {
    const setup = newSetup()
    expect(setup.room.send('aim', { x: 3 }, { delivery: 'latest' })).toBe(true)
    expect(setup.link.items).toEqual([])
    expect(setup.link.latest).toMatchObject([{ message: AIM }])
  })

  it('is refused at once, by name, when the schema does not have it or a value does not fit', () => {
    const { room } = newSetup()
    expect(() => room.send('shout' as 'chat', { text: 'x' })).toThrow(
      'room.send: expected one of chat, aim, got "shout"',
    )
    expect(() => room.send('chat', { text: 'far too long for twenty bytes' })).toThrow(
      'chat.text: expected at most 20 bytes',
    )
    expect(() => room.send('aim', { x: 3 }, { delivery: 'fast' as 'latest' })).toThrow(/delivery/)
  })
})

describe('a request', () => {
  it('asks with its fields and resolves with the reply', async () => {
    const setup = newSetup()
    setup.link.reply = setup.link.codec.encodePayload(flyerSchema.requests['refill']!.reply, { ammo: 12 })
    await expect(setup.room.request('refill', { kind: 'shield' })).resolves.toEqual({ ammo: 12 })
    const payload = setup.link.codec.encodePayload(flyerSchema.requests['refill']!.ask, { kind: 'shield' })
    expect(setup.link.requests).toEqual([{ request: 0, payload }])
  })

  it('that the schema does not have is refused by name', () => {
    expect(() => newSetup().room.request('give' as 'refill', { kind: 'ammo' })).toThrow(
      'room.request: expected one of refill, got "give"',
    )
  })
})
