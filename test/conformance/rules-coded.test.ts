/** Rules of docs/protocol.md about coded bodies, on one that a real server made; both readers must agree on it. */
import { describe, expect, it } from 'vitest'
import { CORPUS } from './corpus.ts'
import { bytesOf, no, put, u } from './frames.ts'
import { channel } from './decoder/messages.ts'
import { Pair } from './pair.ts'
import type { Frame } from './recorder.ts'
import { fromHex } from './shown.ts'

const { frames } = CORPUS.find(({ name }) => name === 'flock')!
/** A snapshot alone that follows the one before: a byte for its number, one for channel and head; then the table. */
const TABLE_AT = 2
const isCoded = ({ messages, hex }: Frame): boolean =>
  messages.length === 1 &&
  (messages[0] as { readonly type: string }).type === 'snapshot' &&
  fromHex(hex)[TABLE_AT + slackBytes(messages[0])] === 1

function slackBytes(message: unknown): number {
  const { slackTicks, starvedTicks } = message as { readonly slackTicks: number | null; readonly starvedTicks: number }
  return (slackTicks === null ? 0 : 2) + (starvedTicks > 0 ? 1 : 0)
}

const first = frames.findIndex(isCoded)
const coded = fromHex(frames[first]!.hex)
const tableAt = TABLE_AT + slackBytes(frames[first]!.messages[0])

/** Two readers of all that came before the first coded body. */
function before(count = first): Pair {
  const pair = new Pair()
  for (const { from, hex } of frames.slice(0, count)) pair.read(from, fromHex(hex))
  return pair
}

describe('a coded body', () => {
  it('[COD1] [COD2] is read by who holds the news before it and the table that it names', () => {
    expect(before().read('server', coded)).toEqual(frames[first]!.messages)
  })

  it('[COD1] is an error for who holds something of its tick already', () => {
    const pair = before()
    expect(pair.read('server', coded)).not.toBe('refused')
    // The next number, the same tick.
    const { seq, tick } = frames[first]!.messages[0] as unknown as { readonly seq: number; readonly tick: number }
    const head = bytesOf(put(channel, 1), no, u(16, seq + 1), u(16, tick), no, no, no)
    const again = Uint8Array.of(coded[0]!, ...head, ...coded.subarray(tableAt))
    expect(pair.read('server', again)).toBe('refused')
  })

  it('[COD3] of a table that did not come is an error', () => {
    for (const number of [2, 255]) {
      const other = Uint8Array.from(coded)
      other[tableAt] = number
      expect(before().read('server', other)).toBe('refused')
    }
    const table = frames.findIndex(({ messages }) =>
      messages.some((message) => JSON.stringify(message).includes('"table"')),
    )
    expect(before(table).read('server', coded)).toBe('refused')
  })

  it('[COD4] of any bytes is something, or an error', () => {
    const end = tableAt + 2 + coded[tableAt + 1]!
    let taken = 0
    for (let bit = 8 * (tableAt + 2); bit < 8 * end; bit++) {
      const bent = Uint8Array.from(coded)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      if (before().read('server', bent) !== 'refused') taken++
    }
    expect(taken).toBeGreaterThan(0)
  })
})
