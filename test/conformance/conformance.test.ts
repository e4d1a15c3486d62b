/**
 * Holds docs/protocol.md to its word: a decoder that was written from the page alone reads what real servers and clients
 * said to each other, frame by frame, and finds the same values as they did.
 */
import { describe, expect, it } from 'vitest'
import { CORPUS } from './corpus.ts'
import { BitSink, BitSource } from './decoder/bits.ts'
import { MESSAGES } from './decoder/messages.ts'
import { readPacket, writePacket } from './decoder/packet.ts'
import type { RawMessage } from './decoder/packet.ts'
import type { Part } from './decoder/parts.ts'
import { Pair } from './pair.ts'
import type { End, Frame } from './recorder.ts'
import { SecondReader } from './second-reader.ts'
import { fromHex, toHex } from './shown.ts'

const frames = CORPUS.flatMap((recording) => recording.frames)
const typeOf = (message: unknown): string => (message as { readonly type: string }).type
/** Of long packets not every cut is tried: a world has thousands of bytes. */
const MOST_CUTS = 32
const isAlone = ({ messages }: Frame): boolean => messages.length === 1

/** The items of the reliable stream in a recording, with the end that sent them. */
function itemsOf(name: string): { readonly from: End; readonly item: Readonly<Record<string, unknown>> }[] {
  const recording = CORPUS.find((one) => one.name === name)!
  return recording.frames.flatMap(({ from, messages }) =>
    messages.flatMap((message) => {
      const { item } = message as { readonly item?: Readonly<Record<string, unknown>> }
      return item === undefined ? [] : [{ from, item }]
    }),
  )
}

describe.each(CORPUS)('the recording "$name"', ({ frames: recorded }) => {
  it('[REC1] [SNP1] [REL6] reads to the last bit of each frame, and as what the product read in it', () => {
    const reader = new SecondReader()
    for (const [i, { from, hex, messages }] of recorded.entries()) {
      expect(reader.read(from, fromHex(hex)), `frame ${i}: ${hex}`).toEqual(messages)
    }
  })

  it('[BIT1] [PKT4] refuses each message that is cut, and goes on as if it had not come', () => {
    const pair = new Pair()
    for (const frame of recorded) {
      const packet = fromHex(frame.hex)
      const step = Math.ceil(packet.length / MOST_CUTS)
      for (let length = 0; isAlone(frame) && length < packet.length; length += step) {
        expect(pair.read(frame.from, packet.subarray(0, length)), frame.hex.slice(0, 2 * length)).toBe('refused')
      }
      expect(pair.read(frame.from, packet)).toEqual(frame.messages)
    }
  })

  it('[BIT4] [SNP2] refuses each message with a byte behind it, and goes on as if it had not come', () => {
    const pair = new Pair()
    for (const frame of recorded) {
      const packet = fromHex(frame.hex)
      for (const more of isAlone(frame) ? [0, 1, 0xff] : []) {
        expect(pair.read(frame.from, Uint8Array.of(...packet, more)), frame.hex).toBe('refused')
      }
      expect(pair.read(frame.from, packet)).toEqual(frame.messages)
    }
  })
})

describe('all recordings', () => {
  it('[BIT2] are the bytes that a writer made from the page writes: each message has one form', () => {
    const rewritten = (end: End, { name, body }: RawMessage): RawMessage => {
      const part = (MESSAGES[end] as Record<string, Part<unknown> | null>)[name] ?? null
      if (part === null) return { name, body }
      const to = new BitSink()
      part.write(to, part.read(new BitSource(body)))
      return { name, body: to.toBytes() }
    }
    for (const { from, hex } of frames) {
      const messages = readPacket(from, fromHex(hex)).map((message) => rewritten(from, message))
      expect(toHex(writePacket(from, messages))).toBe(hex)
    }
  })

  it('[PKT1] hold every message of the two ends, alone and in one packet with others', () => {
    for (const end of ['client', 'server'] as const) {
      const said = frames.filter(({ from }) => from === end).flatMap(({ messages }) => messages.map(typeOf))
      expect(new Set(said), end).toEqual(new Set(Object.keys(MESSAGES[end])))
    }
    expect(frames.filter(isAlone).length).toBeGreaterThan(100)
    expect(frames.length - frames.filter(isAlone).length).toBeGreaterThan(20)
  })

  it('[CLK2] [COD2] hold every item that an end may send', () => {
    const said = CORPUS.flatMap(({ name }) => itemsOf(name).map(({ from, item }) => `${from} ${typeOf(item)}`))
    const client = ['join', 'leave', 'message', 'request', 'cancel'].map((item) => `client ${item}`)
    const answers = ['joined', 'joinRefused', 'redirect', 'left', 'table', 'message', 'reply', 'refusal']
    expect(new Set(said)).toEqual(new Set([...client, ...answers.map((item) => `server ${item}`)]))
  })

  it('[REC4] [REC7] [REC10] [COD1] [SNP8] hold every form of a record in every track', () => {
    const met = new Set<string>()
    for (const { frames: recorded } of CORPUS) {
      const { conversation } = new SecondReader()
      for (const { from, hex } of recorded) conversation.read(from, fromHex(hex))
      for (const reader of conversation.readers()) for (const form of reader.met) met.add(form)
    }
    const tracks = ['all', 'owner', 'revealed'].map((track) => [track, 'full', 'delta', 'catch-up', 'removal'])
    const forms = tracks.flatMap(([track, ...rest]) => rest.map((form) => `${track} ${form}`))
    const sparse = ['removal', 'led', 'full', 'newcomer', 'newcomer like another'].map((form) => `sparse ${form}`)
    expect([...met].toSorted()).toEqual([...forms, 'all known', 'all coded', ...sparse].toSorted())
  })

  it('[REC4] [REC7] tell who comes back by catch-ups from what the ring still holds, and of what it forgot not whose it is', () => {
    const { conversation } = new SecondReader()
    const back: Set<string>[] = []
    let hellos = 0
    for (const { from, hex, messages } of CORPUS.find(({ name }) => name === 'zoo')!.frames) {
      const types = messages.map(typeOf)
      if (types.includes('hello')) hellos++
      const isBack = hellos === 2 && types.includes('snapshot') && back.length === 0
      if (isBack) for (const { met } of conversation.readers()) met.clear()
      conversation.read(from, fromHex(hex))
      if (isBack) back.push(...conversation.readers().map(({ met }) => new Set(met)))
    }
    expect([...back[0]!]).toEqual(expect.arrayContaining(['all catch-up', 'all known', 'owner catch-up']))
  })

  it('[HSK9] show a reloaded page claim its seat with nothing in hand, and get it under new numbers', () => {
    const { frames: hunted } = CORPUS.find(({ name }) => name === 'arena-hunter')!
    const hellos = hunted.filter(({ messages }) => typeOf(messages[0]) === 'hello').map(({ messages }) => messages[0])
    const claim = (receivedSeq: number, heldSnapshot: number) =>
      expect.objectContaining({ receivedSeq, seat: expect.objectContaining({ heldSnapshot }) as unknown }) as unknown
    expect(hellos[0]).toMatchObject({ resume: null })
    expect(hellos.at(-1)).toMatchObject({ resume: claim(0, -1) })
    const joined = itemsOf('arena-hunter').filter(({ item }) => typeOf(item) === 'joined')
    expect(joined).toHaveLength(2)
    expect(joined[1]!.item).toMatchObject({ seat: joined[0]!.item['seat'], epoch: joined[0]!.item['epoch'] })
  })
})
