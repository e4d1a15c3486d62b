import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Order, Report } from './clients-main.ts'

/** Starts the process that holds a benchmark's clients. */
export class ClientProcess {
  private readonly child: ChildProcess

  constructor() {
    this.child = fork(fileURLToPath(new URL('clients-main.ts', import.meta.url)), { execArgv: process.execArgv })
  }

  ask(order: Order): Promise<Report> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error('the process of the clients ended'))
      this.child.once('exit', onExit)
      this.child.once('message', (report) => {
        this.child.off('exit', onExit)
        resolve(report as Report)
      })
      this.child.send(order)
    })
  }

  stop(): void {
    this.child.send({ type: 'stop' } satisfies Order)
  }
}
