import { ConfigError } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { defineRoom } from '../../../server/src/room/define-room.ts'
import { handlers, smallGame } from './small-game.ts'

/** As a caller without types would. */
const define = (definition: object): unknown => defineRoom(smallGame(), definition as never)

describe('defineRoom', () => {
  it('keeps game and definition, frozen', () => {
    const game = smallGame()
    const options = { ...handlers, maxPlayers: 4 }
    const room = defineRoom(game, options)
    expect(room.game).toBe(game)
    expect(room.definition).toEqual(options)
    expect(Object.isFrozen(room) && Object.isFrozen(room.definition)).toBe(true)
    options.maxPlayers = 5
    expect(room.definition.maxPlayers).toBe(4)
  })

  it.each([
    ['a misspelt handler', { ...handlers, onJion() {} }, /defineRoom.onJion: expected one of maxPlayers, .*onJoin/],
    ['a handler that is no function', { ...handlers, onTick: 3 }, /defineRoom.onTick: expected a function, got 3/],
    [
      'too many players',
      { ...handlers, maxPlayers: 1024 },
      /defineRoom.maxPlayers: expected an integer from 1 to 1023, got 1024/,
    ],
    ['half a player', { ...handlers, maxPlayers: 1.5 }, /maxPlayers/],
    ['a negative window', { ...handlers, resumeWindowMs: -1 }, /defineRoom.resumeWindowMs: expected a number from 0/],
    ['a time that is none', { ...handlers, emptyRoomMs: Number.NaN }, /defineRoom.emptyRoomMs/],
    [
      'an unknown idle rule',
      { ...handlers, idleInput: 'hold' },
      /defineRoom.idleInput: expected 'repeat' or 'neutral'/,
    ],
    [
      'a missing message handler',
      { onRequest: handlers.onRequest },
      /defineRoom.onMessage.say: expected a function, got undefined/,
    ],
    ['a missing request handler', { onMessage: handlers.onMessage }, /defineRoom.onRequest.ask: expected a function/],
    [
      'a handler for a message only the server sends',
      { ...handlers, onMessage: { ...handlers.onMessage, note() {} } },
      /onMessage.note: expected one of say/,
    ],
    [
      'a handler for an unknown request',
      { ...handlers, onRequest: { ...handlers.onRequest, tell() {} } },
      /onRequest.tell: expected one of ask/,
    ],
  ])('refuses %s at once, by name', (_what, definition, message) => {
    expect(() => define(definition)).toThrow(ConfigError)
    expect(() => define(definition)).toThrow(message)
  })

  it('refuses what is no game', () => {
    expect(() => defineRoom({} as never, handlers as never)).toThrow(
      /defineRoom: expected a game from defineSimulation/,
    )
  })
})
