import { expect, it } from 'vitest'
import { createLogger, LOG_LEVELS, quote } from '../../server/src/log.ts'
import type { LogLevel } from '../../server/src/log.ts'

function linesAt(level: LogLevel): string[] {
  const lines: string[] = []
  const log = createLogger(level, (line) => lines.push(line))
  log.error('e')
  log.warn('w')
  log.info('i')
  log.debug('d')
  return lines
}

it('each level says what it and those before it say', () => {
  const all = ['tickwire error e', 'tickwire warn w', 'tickwire info i', 'tickwire debug d']
  expect(LOG_LEVELS.map((level) => linesAt(level).length)).toEqual([0, 1, 2, 3, 4])
  expect(linesAt('debug')).toEqual(all)
})

it('an error comes with its stack, and what is no error as text', () => {
  const lines: string[] = []
  const log = createLogger('error', (line) => lines.push(line))
  log.error('room a', new TypeError('no ship'))
  log.error('room b', 'thrown text')
  expect(lines[0]).toMatch(/^tickwire error room a: TypeError: no ship\n +at /)
  expect(lines[1]).toBe('tickwire error room b: thrown text')
})

it("a peer's text cannot forge lines, nor fill the disk", () => {
  expect(quote('a\ntickwire info forged')).toBe('"a\\ntickwire info forged"')
  expect(quote('x'.repeat(5000)).length).toBeLessThan(130)
})
