import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readBuckets } from '../../../tickwire/src/cli/tick-metrics.ts'
import type { Buckets } from '../../../tickwire/src/cli/tick-metrics.ts'
import type { Busy } from './busiest.ts'
import type { Answers } from './server-main.ts'

/** The demo's server as its load test sees it: an address, its metrics, and what its process uses. */
export class DemoServer {
  readonly url: string
  private readonly child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.child = child
    this.url = url
  }

  static async start(): Promise<DemoServer> {
    const file = fileURLToPath(new URL('server-main.ts', import.meta.url))
    const child = fork(file)
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    return new DemoServer(child, url)
  }

  /** CPU time so far, in us. */
  cpu(): Promise<number> {
    return this.ask('cpu')
  }

  /** Bytes that it holds; collects its garbage first. */
  memory(): Promise<number> {
    return this.ask('memory')
  }

  /** The functions that it is in for most of the time; looks for some seconds. */
  busiest(): Promise<readonly Busy[]> {
    return this.ask('busiest')
  }

  /** Its ticks since the start, by how long they took. */
  async ticks(): Promise<Buckets> {
    const page = await fetch(new URL('/metrics', this.url.replace(/^ws/, 'http')))
    return readBuckets(await page.text())
  }

  async close(): Promise<void> {
    this.child.disconnect()
    await once(this.child, 'exit')
  }

  private async ask<Q extends keyof Answers>(question: Q): Promise<Answers[Q]> {
    const answer = once(this.child, 'message')
    this.child.send(question)
    const [value] = (await answer) as [Answers[Q]]
    return value
  }
}
