import { describe, expect, it } from 'vitest'
import {
  assertNever,
  ConfigError,
  DecodeError,
  describeValue,
  RefusedError,
  SchemaMismatchError,
  TickwireError,
} from '../../protocol/src/errors.ts'

describe('every error', () => {
  it('is a TickwireError with a name that survives minifying and a code for programs', () => {
    const errors = [
      [new DecodeError('limit', { what: 'x', expected: 'y', got: 'z', offset: 0 }), 'DecodeError', 'decode-limit'],
      [new RefusedError('round-over'), 'RefusedError', 'round-over'],
      [new SchemaMismatchError({ game: 'a', section: 'b', path: null }), 'SchemaMismatchError', 'schema-mismatch'],
      [new ConfigError('port', 'a number', 'x'), 'ConfigError', 'config'],
    ] as const
    for (const [error, name, code] of errors) {
      expect(error).toBeInstanceOf(TickwireError)
      expect(error).toBeInstanceOf(Error)
      expect([error.name, error.code]).toEqual([name, code])
      expect(String(error)).toBe(`${name}: ${error.message}`)
      expect(Object.hasOwn(error, 'name')).toBe(true)
    }
  })

  it('keeps its cause', () => {
    const cause = new Error('below')
    expect(new TickwireError('x', 'above', { cause }).cause).toBe(cause)
  })
})

describe('DecodeError', () => {
  it('says what was expected, what came and where', () => {
    const error = new DecodeError('out-of-range', { what: 'seat', expected: '0..15', got: '31', offset: 83 })
    expect(error.message).toBe('seat: expected 0..15, got 31 at bit 83 (byte 10)')
    expect(error).toMatchObject({ reason: 'out-of-range', what: 'seat', offset: 83 })
  })
})

describe('RefusedError', () => {
  it('accepts 1 to 64 of a-z, 0-9 and hyphen as its code, and any message', () => {
    for (const code of ['a', 'no-ship', '404', 'x'.repeat(64)]) expect(new RefusedError(code).code).toBe(code)
    expect(new RefusedError('full').message).toBe('refused: full')
    expect(new RefusedError('full', 'sorry').message).toBe('sorry')
  })

  it('refuses every other code, because it crosses the wire and ends in logs', () => {
    for (const code of ['', 'x'.repeat(65), 'Full', 'no ship', 'a_b', 'a\n', '\u00e9']) {
      expect(() => new RefusedError(code)).toThrow(RangeError)
    }
  })
})

describe('SchemaMismatchError', () => {
  it('names the field and says what to do', () => {
    const error = new SchemaMismatchError({ game: 'arena', section: 'entities', path: 'ship.hp' })
    expect(error.message).toContain('game "arena": ship.hp (in "entities") differs between this page and the server')
    expect(error.message).toContain('reload the page')
    expect(error).toMatchObject({ game: 'arena', section: 'entities', path: 'ship.hp' })
  })

  it('names the section when that is all that is known', () => {
    const error = new SchemaMismatchError({ game: 'arena', section: 'input', path: null })
    expect(error.message).toContain('section "input" differs')
  })
})

describe('ConfigError', () => {
  it('names the option, what was expected, what came, and the way out', () => {
    const error = new ConfigError('maxPlayers', 'an integer 1..1023', 0)
    expect(error.message).toBe('maxPlayers: expected an integer 1..1023, got 0')
    expect(error).toMatchObject({ option: 'maxPlayers', expected: 'an integer 1..1023' })
    expect(new ConfigError('port', 'a free port', 80, 'choose another').message).toMatch(/got 80; choose another$/)
  })
})

describe('describeValue', () => {
  it('is one short line for anything', () => {
    const values: [unknown, string][] = [
      [undefined, 'undefined'],
      [null, 'null'],
      [-0, '-0'],
      [Number.NaN, 'NaN'],
      [12n, '12n'],
      ['a\nb', '"a\\nb"'],
      ['x'.repeat(100), `"${'x'.repeat(60)}"...`],
      [[1, 2, 3], 'an array of 3'],
      [{ secret: 1 }, 'an object'],
      [Object.create(null), 'an object'],
      [Symbol('s'), 'Symbol(s)'],
      [function named() {}, 'function named'],
      [
        (
          () => () =>
            0
        )(),
        'a function',
      ],
    ]
    for (const [value, text] of values) expect(describeValue(value)).toBe(text)
  })
})

describe('assertNever', () => {
  it('throws for a case that came in past the types', () => {
    expect(() => assertNever('surprise' as never)).toThrow('a case that no type allows: "surprise"')
  })
})
