// The demo as its users start it: a process of its own, so that the test's work does not share its event loop.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const url = /http:\/\/localhost:\d+\//

export interface ScriptRun {
  process: ChildProcess
  /** Everything that it has printed so far, errors too. */
  output: () => string
  /** Resolves with the exit code when the process has ended. */
  ended: Promise<number | null>
}

/** Without bots, who would get in the way of what a test wants to see. Runs what `npm start` or `npm run dev` runs, without npm around it. Whoever calls it ends it. */
export function runScript(
  script: 'start' | 'dev',
  port: string,
  env: Readonly<Record<string, string>> = {},
): ScriptRun {
  const flags = ['--conditions=@tickwire/source', '--import', './scripts/ts.mjs', `scripts/${script}.ts`]
  const child = spawn(process.execPath, flags, { cwd: root, env: { ...process.env, PORT: port, SHIPS: '0', ...env } })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)))
  child.stderr.on('data', (chunk: Buffer) => (text += String(chunk)))
  return { process: child, output: () => text, ended: once(child, 'close').then(([code]) => code as number | null) }
}

/** The URL that the run prints, with a slash at the end; rejects with its output if it ends before that. */
export async function printedUrl(started: ScriptRun): Promise<string> {
  const printed = new Promise<string>((resolve) => {
    started.process.stdout?.on('data', () => {
      const found = url.exec(started.output())?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  const ended = started.ended.then((code) => Promise.reject(new Error(`ended with ${code}:\n${started.output()}`)))
  return Promise.race([printed, ended])
}

export interface DemoProcess {
  /** Where the page is, with a slash at the end. */
  url: string
  output: () => string
  close: () => Promise<void>
}

/** Starts the built demo on a free port; for `beforeAll`, with its `close` in `afterAll`. */
export async function startDemoProcess(): Promise<DemoProcess> {
  const started = runScript('start', '0')
  const page = await printedUrl(started)
  return {
    url: page,
    output: started.output,
    close: async () => {
      started.process.kill('SIGTERM')
      await started.ended
    },
  }
}
