/**
 * The numbers of messages on the wire. A number that was ever used is never used again: an old client must fail as
 * "unknown message", not as another message.
 */
export const CLIENT_MESSAGE = {
  hello: 1,
  ping: 2,
  inputs: 3,
  snapshotAck: 4,
  reliable: 5,
  reliableAck: 6,
  latest: 7,
} as const

export const SERVER_MESSAGE = {
  welcome: 1,
  pong: 2,
  snapshot: 3,
  reliable: 4,
  reliableAck: 5,
  latest: 6,
  goingAway: 7,
  looseSnapshot: 8,
} as const

/** What a reliable message carries; the first five travel both ways. */
export const ITEM = {
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
} as const
