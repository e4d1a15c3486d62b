import { pino } from 'pino'
import type { Logger as Pino } from 'pino'
import type { Logger, LogLevel } from './log.ts'

/** Lines of JSON, for whoever collects logs: with times, and errors in fields of their own. */
export function createPinoLogger(level: LogLevel): Logger {
  const options = {
    name: 'tickwire',
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string): object => ({ level: label }) },
  }
  return fromPino(pino(options, pino.destination({ dest: STANDARD_ERROR, sync: true })))
}

const STANDARD_ERROR = 2

/** A pino of the caller's as the server's logger. */
export function fromPino(log: Pick<Pino, 'error' | 'warn' | 'info' | 'debug'>): Logger {
  return {
    error: (line, cause) => (cause === undefined ? log.error(line) : log.error({ err: cause }, line)),
    warn: (line) => log.warn(line),
    info: (line) => log.info(line),
    debug: (line) => log.debug(line),
  }
}

/** Whether a logger is a pino, whose `error` takes its arguments the other way round. */
export function isPino(log: object): log is Pino {
  return 'bindings' in log && 'child' in log
}
