/**
 * The server's log: one line per step in the life of a server, room or link; nothing that happens more often than that.
 * `debug` adds what only a hunt for a fault needs.
 */
export interface Logger {
  error(line: string, error?: unknown): void
  warn(line: string): void
  info(line: string): void
  debug(line: string): void
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where lines go; they end without a line break. */
export type LogSink = (line: string) => void

// The console's standard error without the console: `console` is for programs, not for libraries.
const standardError: LogSink = (line) => void process.stderr.write(`${line}\n`)

/** A logger that writes lines of `level` and above; without times, which process managers add. */
export function createLogger(level: LogLevel, sink: LogSink = standardError): Logger {
  const rank = LOG_LEVELS.indexOf(level)
  const writer = (name: LogLevel): ((line: string) => void) => {
    const isOn = LOG_LEVELS.indexOf(name) <= rank
    return (line) => {
      if (isOn) sink(`tickwire ${name} ${line}`)
    }
  }
  const error = writer('error')
  return {
    error: (line, cause) => error(cause === undefined ? line : `${line}: ${describeError(cause)}`),
    warn: writer('warn'),
    info: writer('info'),
    debug: writer('debug'),
  }
}

/** An error as a log shows it: with the stack, which never leaves this machine. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** A peer's text as a log shows it: on one line and short, so that nobody can forge lines. */
export function quote(text: string): string {
  const shown = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text
  return JSON.stringify(shown)
}
const MAX_QUOTED = 120
