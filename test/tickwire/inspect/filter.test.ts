import type { DecodedMessage } from '@tickwire/sdk/internal'
import { describe, expect, it } from 'vitest'
import { chain, parseFilter } from '../../../tickwire/src/inspect/filter.ts'
import { toHex, toJson, toText } from '../../../tickwire/src/inspect/format.ts'

const base: DecodedMessage = {
  direction: 'down',
  type: 'ping',
  channel: 1,
  name: null,
  bytes: 3,
  says: {},
  payload: null,
  changes: [],
  events: [],
}
const chat: DecodedMessage = { ...base, type: 'message', name: 'chat', payload: { text: 'hi' } }
const snapshot: DecodedMessage = {
  ...base,
  type: 'snapshot',
  says: { tick: 60 },
  changes: [
    { change: 'enter', id: 1, kind: 'ship', owner: 0, fields: { x: 1.23456 } },
    { change: 'leave', id: 2, kind: 'bullet', owner: null, fields: {} },
  ],
  events: [{ name: 'shot', tick: 59, fields: { x: 7 } }],
}

describe('a filter', () => {
  it.each(['chat', 'message', 'down', 'up,chat', '', '-ping', 'down,-ping'])('"%s" lets a message by', (text) => {
    expect(parseFilter(text)(chat)).toEqual(chat)
  })

  it.each(['ping', 'up', '-chat', 'chat,-down', 'ship'])('"%s" holds it back', (text) => {
    expect(parseFilter(text)(chat)).toBeNull()
  })

  it('by a kind or an event shows of a snapshot only those', () => {
    expect(parseFilter('ship')(snapshot)).toMatchObject({ changes: [{ kind: 'ship' }], events: [] })
    expect(parseFilter('shot')(snapshot)).toMatchObject({ changes: [], events: [{ name: 'shot' }] })
    expect(parseFilter('snapshot,-bullet')(snapshot)).toMatchObject({ changes: [{ kind: 'ship' }], events: [{}] })
  })

  it('behind another one sees what that one leaves', () => {
    const both = chain([parseFilter('ship,chat'), parseFilter('-chat')])
    expect(both(chat)).toBeNull()
    expect(both(snapshot)).toMatchObject({ changes: [{ kind: 'ship' }], events: [] })
    expect(chain([])(snapshot)).toBe(snapshot)
  })
})

describe('a message that was heard', () => {
  it('is a line for people, with one for each entity and event', () => {
    expect(toText({ atMs: 1500, connection: 2, message: snapshot })).toBe(
      [
        '1.500 #2/1 <- snapshot 3 B tick=60',
        '    + ship 1 owner=0 x=1.235',
        '    - bullet 2',
        '    ! shot tick=59 x=7',
      ].join('\n'),
    )
    expect(toText({ atMs: 0, connection: 1, message: chat })).toBe('0.000 #1/1 <- message chat 3 B text="hi"')
  })

  it('is one object for machines, bytes in it as hex', () => {
    const message = { ...chat, payload: { bytes: Uint8Array.of(1, 255) } }
    expect(JSON.parse(toJson({ atMs: 1500, connection: 2, message }))).toEqual({
      ...message,
      at: 1500,
      connection: 2,
      payload: { bytes: '01ff' },
    })
  })

  it('shows its bytes in groups of four', () => {
    expect(toHex(Uint8Array.from({ length: 34 }, (_, i) => i))).toBe(
      '    00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f\n    2021',
    )
  })
})
