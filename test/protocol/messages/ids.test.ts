import { describe, expect, it } from 'vitest'
import { CLIENT_MESSAGE, ITEM, SERVER_MESSAGE } from '../../../protocol/src/messages/ids.ts'

/** What stands in released versions: a number never changes its meaning, so these tables only grow. */
const RELEASED_CLIENT = { hello: 1, ping: 2, inputs: 3, snapshotAck: 4, reliable: 5, reliableAck: 6, latest: 7 }
const RELEASED_SERVER = {
  welcome: 1,
  pong: 2,
  snapshot: 3,
  reliable: 4,
  reliableAck: 5,
  latest: 6,
  goingAway: 7,
  looseSnapshot: 8,
}
const RELEASED_ITEMS = {
  message: 1,
  request: 2,
  reply: 3,
  refusal: 4,
  cancel: 5,
  join: 6,
  leave: 7,
  joined: 8,
  joinRefused: 9,
  redirect: 10,
  left: 11,
  table: 12,
  stateHash: 13,
  mismatch: 14,
}

describe('numbers of messages', () => {
  it.each([
    { table: 'CLIENT_MESSAGE', held: CLIENT_MESSAGE, released: RELEASED_CLIENT, max: 0x7f },
    { table: 'SERVER_MESSAGE', held: SERVER_MESSAGE, released: RELEASED_SERVER, max: 0x7f },
    { table: 'ITEM', held: ITEM, released: RELEASED_ITEMS, max: 0xf },
  ])('$table holds exactly the released ones, each once and within its bits', ({ held, released, max }) => {
    expect(held).toEqual(released)
    const numbers = Object.values(held)
    expect(new Set(numbers).size).toBe(numbers.length)
    for (const number of numbers) expect(number >= 1 && number <= max).toBe(true)
  })
})
