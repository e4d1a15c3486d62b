import { ConfigError, LIMITS } from '@tickwire/protocol'
import { describe, expect, it } from 'vitest'
import { checkOptions } from '../../sdk/src/options.ts'

describe('the options of a client', () => {
  it('may all be left out, or be what they should', () => {
    checkOptions({})
    checkOptions({
      ticket: 't',
      clock: { nowMs: () => 0, setTimer: () => ({ cancel: () => {} }) },
      storage: null,
      WebSocket: (() => undefined) as never,
      impair: { latencyMs: 5 },
      random: () => 0,
    })
  })

  it.each([
    [{ ticket: 5 }, 'ticket: expected a string'],
    [{ ticket: 'é'.repeat(LIMITS.maxTicketBytes / 2 + 1) }, 'ticket: expected a string of at most 4096 bytes'],
    [{ clock: {} }, 'clock: expected an object with nowMs and setTimer'],
    [{ storage: 'local' }, 'storage: expected null or an object with getItem'],
    [{ WebSocket: {} }, 'WebSocket: expected a WebSocket constructor'],
    [{ impair: 100 }, 'impair: expected an object'],
    [{ impair: null }, 'impair: expected an object'],
    [{ random: 0.5 }, 'random: expected a function'],
    [{ tiket: 'x' }, 'tiket: expected one of ticket, clock, storage, WebSocket, impair, random'],
    [null, 'options: expected an object'],
  ])('%j is refused at once, with what was expected', (options, message) => {
    expect(() => checkOptions(options as never)).toThrow(ConfigError)
    expect(() => checkOptions(options as never)).toThrow(message)
  })
})
