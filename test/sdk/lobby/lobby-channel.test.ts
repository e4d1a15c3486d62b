import { DecodeError } from '@tickwire/protocol'
import { lobbyCodec } from '@tickwire/protocol/internal'
import type { CallItem, ClientItem, LobbyMessage } from '@tickwire/protocol/internal'
import { beforeEach, describe, expect, it } from 'vitest'
import { Requests } from '../../../sdk/src/link/requests.ts'
import { LobbyChannel } from '../../../sdk/src/lobby/lobby-channel.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'

let channel: LobbyChannel
let sent: ClientItem[]
let heard: string[]
let faults: unknown[]
let wanted: number

beforeEach(() => {
  ;[sent, heard, faults, wanted] = [[], [], [], 0]
  const requests = new Requests(new FakeClock(), (item) => sent.push(item) > 0)
  const sender = { stream: { nextSeq: 1 } } as never
  const broken = (error: unknown): void => void faults.push(error)
  channel = new LobbyChannel({ sender, requests, broken, start: () => {} }, (fault) => void faults.push(fault))
  channel.onWanted = () => {
    wanted++
    return Promise.resolve(lobbyCodec)
  }
})

const listen = (): void => {
  channel.on('partyEnded', ({ reason }) => void heard.push(reason))
  channel.on('direct', ({ text }) => void heard.push(text))
}

function message(name: LobbyMessage, values: object): CallItem {
  const payload = lobbyCodec.encodePayload(lobbyCodec.schema.messages[name]!.toClient!, values)
  return { type: 'message', channel: 0, message: lobbyCodec.messageNames.indexOf(name), payload }
}

const direct = (text: string): CallItem => message('direct', { from: 'ada', text })

describe('channel 0 before the lobby is fetched', () => {
  it('fetches it once when the server tells something, which waits in order with what follows', () => {
    channel.receive(direct('one'))
    channel.receive(message('partyEnded', { reason: 'kicked' }))
    channel.receive(direct('two'))
    listen()
    expect([wanted, heard]).toEqual([1, []])
    channel.begin(lobbyCodec)
    channel.receive(direct('three'))
    expect(heard).toEqual(['one', 'kicked', 'two', 'three'])
  })

  it('tells nobody of what came before the server forgot this client, or before the link ended', () => {
    listen()
    channel.receive(direct('forgotten'))
    channel.renewed()
    channel.receive(direct('kept'))
    channel.begin(lobbyCodec)
    expect(heard).toEqual(['kept'])
  })

  it('ends with the link', () => {
    listen()
    channel.receive(direct('too late'))
    channel.ended()
    channel.begin(lobbyCodec)
    expect(heard).toEqual([])
  })

  it('breaks the link for bytes that are none, though they are read later', () => {
    channel.receive({ type: 'message', channel: 0, message: 0xffff, payload: new Uint8Array(0) })
    expect(faults).toEqual([])
    channel.begin(lobbyCodec)
    expect(faults).toEqual([expect.any(DecodeError)])
  })

  it('sends a request as soon as it can be written', async () => {
    void channel.request('createParty', { maxMembers: 2 })
    expect(sent).toEqual([])
    await Promise.resolve()
    expect(sent).toMatchObject([{ type: 'request', channel: 0 }])
  })

  it('rejects a request when the lobby cannot be fetched, and reports it when the server told something', async () => {
    const gone = new Error('no such file')
    channel.onWanted = () => Promise.reject(gone)
    await expect(channel.request('createParty', { maxMembers: 2 })).rejects.toBe(gone)
    channel.receive(direct('one'))
    await Promise.resolve()
    await Promise.resolve()
    expect(faults).toEqual([expect.stringContaining('could not be fetched')])
  })
})
