import { pino } from 'pino'
import { expect, it } from 'vitest'
import { checkOptions } from '../../server/src/options.ts'
import { pong } from './helpers.ts'

interface Line {
  readonly level: number
  readonly msg: string
  readonly err?: { readonly message: string }
}

it("the caller's pino gets each line as its message, and errors where its tools look for them", () => {
  const lines: Line[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) })
  const logger = checkOptions({ rooms: [pong], log }, false).log
  logger.info('room r1 opened')
  logger.error('join of "pong"', new TypeError('no ship'))
  logger.error('no cause')
  logger.debug('d')
  logger.warn('w')
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    [30, 'room r1 opened'],
    [50, 'join of "pong"'],
    [50, 'no cause'],
    [20, 'd'],
    [40, 'w'],
  ])
  expect(lines[1]?.err?.message).toBe('no ship')
})
