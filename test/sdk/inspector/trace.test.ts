import { DecodeError, SchemaMismatchError } from '@tickwire/protocol'
import { readPacket, readServerMessage } from '@tickwire/protocol/internal'
import fc from 'fast-check'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { readTrace } from '../../../sdk/src/inspector/trace-reader.ts'
import { decodeTrace, encodeTrace } from '../../../sdk/src/inspector/trace.ts'
import type { Trace } from '../../../sdk/src/inspector/trace.ts'
import { observedOf } from '../../../sdk/src/observer.ts'
import { arena } from '../../games/arena/arena.ts'
import type { Arena } from '../../games/arena/arena.ts'
import { arenaRoom } from '../../games/arena/room.ts'
import { cards } from '../../games/cards/cards.ts'
import { watch } from './watch.ts'

let stepper: Stepper<Arena> | null = null
afterEach(() => stepper?.close())

const small: Trace = {
  header: { game: 'arena', hashes: [1, 2, 3] },
  records: [
    { type: 'received', atMs: 0, bytes: Uint8Array.of(1, 2, 3) },
    { type: 'sent', atMs: 16.7, bytes: new Uint8Array(0) },
    { type: 'held', atMs: 16.7, bytes: Uint8Array.of(9) },
  ],
}

const flying = { input: ({ tick }: { tick: number }) => ({ thrust: true, turn: 1, fire: tick % 40 < 4 }) }

/** What an inspector that was opened after `fromSeconds` has kept at the end. */
async function traceOf(fromSeconds: number, seconds: number): Promise<Uint8Array> {
  stepper = createStepper<Arena>({ rooms: [arenaRoom], clients: 0, impair: { latencyMs: 30 } })
  const client = stepper.addClient({ ticket: 'the secret ticket of Ada' })
  const early = fromSeconds === 0 ? watch(client) : null
  const room = await stepper.join(arena, { name: 'Ada' }, { client, password: 'open sesame' })
  await stepper.run(fromSeconds, flying)
  const { probe } = early ?? watch(client)
  await stepper.run(seconds, flying)
  room.send('chat', { text: 'hello' })
  await stepper.run(0.5, flying)
  const { hashes, schema } = observedOf(client.client).room!.codec
  return encodeTrace({ header: { game: schema.name, hashes }, records: probe.log.records() })
}

describe('the file of a trace', () => {
  it('holds what was put in, times to a tenth of a millisecond from the first record on', () => {
    const late = { ...small, records: small.records.map((record) => ({ ...record, atMs: record.atMs + 5000 })) }
    expect(decodeTrace(encodeTrace(late))).toEqual(small)
  })

  it('begins as the page of the format says', () => {
    const file = encodeTrace(small)
    expect(new TextDecoder().decode(file.subarray(0, 4))).toBe('TWT1')
    const length = new DataView(file.buffer).getUint32(4, true)
    const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)))
    expect(header).toEqual({ format: 1, game: 'arena', hashes: [1, 2, 3] })
    expect([...file.subarray(8 + length, 8 + length + 12)]).toEqual([0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3])
  })

  it('is refused as long as it is not whole', () => {
    const file = encodeTrace(small)
    const whole = new Set([file.length, file.length - 10, file.length - 19, file.length - 31])
    for (let length = 0; length < file.length; length++) {
      const piece = file.subarray(0, length)
      if (whole.has(length)) expect(decodeTrace(piece).records.length).toBeLessThan(3)
      else expect(() => decodeTrace(piece), `${length} bytes`).toThrow(DecodeError)
    }
  })

  it.each([
    ['other bytes at the start', (file: Uint8Array) => file.fill(0x50, 0, 1)],
    ['a header longer than any', (file: Uint8Array) => file.fill(0xff, 4, 8)],
    ['a header that is no JSON', (file: Uint8Array) => file.fill(0x20, 8, 9)],
    ['a record of an unknown type', (file: Uint8Array) => file.fill(7, file.length - 10, file.length - 9)],
    ['a record that runs back in time', (file: Uint8Array) => file.fill(0, file.length - 9, file.length - 5)],
  ])('is refused with %s', (_what, spoil) => {
    expect(() => decodeTrace(spoil(encodeTrace(small)))).toThrow(DecodeError)
  })

  it('ends in a DecodeError or in a trace, whatever the bytes', () => {
    const file = encodeTrace(small)
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
        const spoilt = file.slice()
        spoilt[at] = byte
        try {
          decodeTrace(spoilt)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
    )
  })
})

describe('a trace of a game', () => {
  it.each([
    ['from the join on', 0],
    ['from the middle of a game on', 3],
  ])('can be read whole, %s', async (_when, fromSeconds) => {
    const packets = await readTrace(await traceOf(fromSeconds, 8), arena)
    const messages = packets.flatMap((packet) => packet.messages)
    expect(packets.length).toBeGreaterThan(200)
    expect(messages.filter(({ type, says }) => type === 'undecodable' || 'why' in says)).toEqual([])
    const changes = messages.flatMap((message) => message.changes)
    expect(changes.find(({ kind, change }) => kind === 'ship' && change === 'update')!.fields).toHaveProperty('angle')
    expect(messages.find(({ name }) => name === 'chat')).toMatchObject({ type: 'message', payload: { text: 'hello' } })
    expect(messages.filter(({ type }) => type === 'inputs').at(-1)!.says['inputs']).toEqual(
      expect.arrayContaining([expect.objectContaining({ fields: expect.objectContaining({ thrust: true }) })]),
    )
  })

  it('says of a snapshot whose base was not kept that it cannot be read, and reads the others', async () => {
    const { header, records } = decodeTrace(await traceOf(3, 8))
    // Without the first image, and so without what leads on from it until the next one.
    const cut = encodeTrace({ header, records: records.slice(1) })
    const snapshots = (await readTrace(cut, arena))
      .flatMap(({ messages }) => messages)
      .filter(({ type }) => type === 'snapshot')
    const isRead = snapshots.map(({ says }) => !('why' in says))
    expect(isRead[0]).toBe(false)
    expect(isRead.at(-1)).toBe(true)
    expect(isRead.lastIndexOf(false)).toBeLessThan(isRead.indexOf(true))
  })

  it('holds no ticket, no token and no password', async () => {
    stepper = createStepper<Arena>({ rooms: [arenaRoom], clients: 0 })
    const client = stepper.addClient({ ticket: 'the secret ticket of Ada' })
    const { probe } = watch(client)
    const secrets: Uint8Array[] = ['the secret ticket of Ada', 'open sesame'].map((text) =>
      new TextEncoder().encode(text),
    )
    client.onReceive = (packet) => {
      readPacket(packet, (id, bits) => {
        const message = readServerMessage(id, bits)
        if (message.type === 'welcome') secrets.push(message.token, message.linkId)
      })
    }
    await stepper.join(arena, { name: 'Ada' }, { client, password: 'open sesame' })
    expect(secrets).toHaveLength(4)
    const file = hex(encodeTrace({ header: small.header, records: probe.log.records() }))
    for (const secret of secrets) expect(file).not.toContain(hex(secret))
    // What is no secret is there.
    expect(
      probe.log
        .since(0)
        .flatMap(({ messages }) => messages)
        .find(({ type }) => type === 'join')!.says,
    ).toMatchObject({ join: expect.anything() })
  })

  it('is refused for another game, and for another version of the game', async () => {
    const file = await traceOf(0, 1)
    await expect(readTrace(file, cards)).rejects.toThrow(SchemaMismatchError)
    const { header, records } = decodeTrace(file)
    const hashes = header.hashes.map((hash, i) => (i === 2 ? hash ^ 1 : hash))
    await expect(readTrace(encodeTrace({ header: { ...header, hashes }, records }), arena)).rejects.toThrow(
      SchemaMismatchError,
    )
  })

  it('is read to its end whatever happened to its bytes', async () => {
    const { header, records } = decodeTrace(await traceOf(2, 3))
    await fc.assert(
      fc.asyncProperty(fc.nat(records.length - 1), fc.nat(), fc.nat(255), async (index, at, byte) => {
        const bytes = records[index]!.bytes.slice()
        bytes[at % Math.max(1, bytes.length)] = byte
        const spoilt = records.with(index, { ...records[index]!, bytes })
        try {
          await readTrace(encodeTrace({ header, records: spoilt }), arena)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 40 },
    )
  })
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
