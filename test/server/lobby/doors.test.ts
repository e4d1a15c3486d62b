/** What keeps strangers out of rooms that are not for them: codes and passwords, and how often these may be guessed. */
import { LIMITS } from '@tickwire/protocol'
import { NO_WISH } from '@tickwire/protocol/internal'
import { describe, expect, it } from 'vitest'
import { drawInvite, INVITE_ALPHABET, normalInvite } from '../../../server/src/directory/invite.ts'
import { Guesses } from '../../../server/src/lobby/guesses.ts'
import { Passwords } from '../../../server/src/lobby/passwords.ts'
import { realRandomBytes, realScrypt } from '../../../server/src/real-clock.ts'
import { countingBytes, settle, testServer } from '../helpers.ts'
import { quickScrypt } from '../../../tickwire/src/testing/quick-scrypt.ts'

describe('invite codes', () => {
  it('have no letter that is taken for another, and all others equally often', () => {
    expect(INVITE_ALPHABET).not.toMatch(/[01OIL]/)
    const counts = new Map<string, number>()
    for (let i = 0; i < 2000; i++) {
      const code = drawInvite(realRandomBytes)
      expect(code).toHaveLength(LIMITS.inviteCodeLength)
      for (const letter of code) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    const expected = (2000 * LIMITS.inviteCodeLength) / INVITE_ALPHABET.length
    expect(counts.size).toBe(INVITE_ALPHABET.length)
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected / 2)
  })

  it('may be typed in small letters, with a gap or a dash', () => {
    expect(normalInvite(' ab2-c d3')).toBe('AB2CD3')
  })
})

describe('guesses', () => {
  const take = (guesses: Guesses, link: object, ip: string, nowMs: number): string => {
    try {
      guesses.take(link, ip, nowMs)
      return 'taken'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it('are few per minute for a link, and for an address, but not for this machine', () => {
    const guesses = new Guesses({ guessesPerMinute: 2, guessesPerMinutePerIp: 3 })
    const [ada, bob, eve] = [{}, {}, {}]
    const first = [
      take(guesses, ada, '10.0.0.1', 0),
      take(guesses, ada, '10.0.0.1', 0),
      take(guesses, ada, '10.0.0.1', 0),
    ]
    expect(first).toEqual(['taken', 'taken', 'too-many-guesses'])
    expect([take(guesses, bob, '10.0.0.1', 0), take(guesses, bob, '10.0.0.1', 0)]).toEqual([
      'taken',
      'too-many-guesses',
    ])
    expect([take(guesses, eve, '127.0.0.1', 0), take(guesses, eve, '127.0.0.1', 0)]).toEqual(['taken', 'taken'])
    expect(take(guesses, ada, '10.0.0.1', 60_000)).toBe('taken')
  })

  it('guesses at codes are limited, per link and per address', async () => {
    const { connect } = testServer({ limits: { guessesPerMinute: 3 } })
    const client = connect()
    client.hello()
    for (let channel = 1; channel <= 4; channel++) {
      client.enterOn(channel, { verb: 'joinByCode', room: 'AAAAAA' })
      await settle()
    }
    const codes = client.items.flatMap((item) => (item.type === 'joinRefused' ? [item.code] : []))
    expect(codes).toEqual(['wrong-code', 'wrong-code', 'wrong-code', 'too-many-guesses'])
  })
})

describe('passwords', () => {
  it('a password is kept as a hash, and compared on another thread', async () => {
    const { join, connect, maker, lines } = testServer()
    const host = connect()
    host.enter({ verb: 'create', wish: { ...NO_WISH, password: 'sesame' } })
    await settle()
    const [room] = maker.rooms
    expect(JSON.stringify([room!.terms, lines])).not.toContain('sesame')
    expect(room!.terms.password?.key).toHaveLength(32)
    const enter = async (password: string): Promise<string> => {
      const client = connect()
      client.enter({ verb: 'joinById', room: room!.id, wish: { ...NO_WISH, password } })
      await settle()
      const last = client.items.at(-1)!
      return last.type === 'joinRefused' ? last.code : last.type
    }
    expect(await enter('')).toBe('password-required')
    expect(await enter('open')).toBe('wrong-password')
    expect(await enter('sesame')).toBe('joined')
    // Nobody is sent there who named no room.
    const { room: other } = await join()
    expect(other.id).not.toBe(room!.id)
  })

  it('hash to something else in each room', async () => {
    const passwords = new Passwords(quickScrypt, countingBytes())
    const [first, second] = [await passwords.hash('a'), await passwords.hash('a')]
    expect(first!.key).not.toEqual(second!.key)
    expect([await passwords.opens('a', first!), await passwords.opens('b', first!)]).toEqual([true, false])
    expect(await passwords.hash('')).toBeNull()
  })

  it('are hashed by scrypt of Node', async () => {
    const passwords = new Passwords(realScrypt, realRandomBytes)
    const hash = await passwords.hash('a')
    expect([await passwords.opens('a', hash!), await passwords.opens('b', hash!)]).toEqual([true, false])
  })
})
