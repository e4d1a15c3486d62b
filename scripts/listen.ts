// What `npm start` and `npm run dev` share: one HTTP server on the chosen port, and an orderly end.
import { createServer, type Server } from 'node:http'
import { networkInterfaces } from 'node:os'

const defaultPort = 2567

/** A mistake of the person at the keyboard: told in one line, without a stack trace. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export interface Listening {
  readonly httpServer: Server
  /** What a browser on this machine opens, with a slash at the end. */
  readonly url: string
  /** What phones open; empty unless other machines are let in. */
  readonly lanUrls: readonly string[]
}

/** Listens on `$PORT` (default 2567, 0 for any free one) of `$HOST` (default 127.0.0.1: this machine only). */
export async function listen(): Promise<Listening> {
  const port = portFrom(process.env['PORT'])
  const host = process.env['HOST'] || '127.0.0.1'
  const httpServer = createServer()
  await new Promise<void>((resolve, reject) => {
    httpServer.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
    httpServer.listen(port, host, resolve)
  })
  const address = httpServer.address()
  const taken = typeof address === 'object' && address ? address.port : port
  const isAnywhere = host === '0.0.0.0' || host === '::'
  const urlOf = (name: string): string => `http://${name}:${taken}/`
  return {
    httpServer,
    url: urlOf(isAnywhere || host === '127.0.0.1' ? 'localhost' : host),
    lanUrls: isAnywhere ? lanAddresses().map(urlOf) : [],
  }
}

function lanAddresses(): string[] {
  const known = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return known.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
}

/** What to open, for whoever started it. */
export function announce(what: string, { url, lanUrls }: Omit<Listening, 'httpServer'>, note: string): void {
  const others = lanUrls.map((lan) => `\n  On your network: ${lan}`)
  console.log(`\n  ${what}: ${url}   (${note})${others.join('')}\n`)
}

function portFrom(text: string | undefined): number {
  if (!text) return defaultPort
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError(`PORT is "${text}"; expected a whole number from 0 to 65535`)
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new UsageError(
      `Port ${port} is taken: another program listens there. Stop it, or choose another port: PORT=${port + 1} npm start`,
    )
  }
  if (error.code === 'EACCES') return new UsageError(`Port ${port} needs more rights; choose one above 1023: PORT=2567`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new UsageError(`HOST is "${host}"; no network interface of this machine has that address`)
  }
  return error
}

/** Ends HTTP at once: no new connection, and none of the kept-alive ones holds the process. */
export async function closeHttp(httpServer: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => httpServer.close(() => resolve()))
  httpServer.closeAllConnections()
  await closed
}

/** Runs `main` until SIGINT or SIGTERM, then the closer that it returned. A second signal does not wait for that. */
export async function runUntilSignal(main: () => Promise<() => Promise<void>>): Promise<void> {
  try {
    const close = await main()
    const reason = await Promise.race([nextSignal(), orphaned()])
    console.log(`\n${reason}: stopping`)
    void nextSignal().then(() => process.exit(1))
    await close()
    process.exit(0)
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error)
    process.exit(1)
  }
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    process.once('SIGHUP', resolve)
  })
}

/** npm passes SIGTERM to the shell between it and us, which dies of it without a word: watch for its absence. */
function orphaned(): Promise<string> {
  const parent = process.ppid
  return new Promise((resolve) => {
    if (process.env['npm_lifecycle_event'] === undefined) return
    setInterval(() => process.ppid !== parent && resolve('npm has ended'), 250).unref()
  })
}
