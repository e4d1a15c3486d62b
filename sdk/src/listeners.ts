import { Emitter } from './events.ts'
import type { Report } from './report.ts'
import type { Unsubscribe } from './room-api.ts'

/** The game's callbacks by the name that they listen to. One that throws is reported and stops nothing. */
export class Listeners<T> {
  private readonly emitters: Map<string, Emitter<T>> = new Map()
  private readonly method: string
  private readonly report: Report

  /** @param method what the game called to listen, for reports: `'onEvent'` */
  constructor(method: string, report: Report) {
    this.method = method
    this.report = report
  }

  has(name: string): boolean {
    return (this.emitters.get(name)?.size ?? 0) > 0
  }

  add(name: string, listener: (value: T) => void): Unsubscribe {
    let emitter = this.emitters.get(name)
    if (emitter === undefined) {
      emitter = new Emitter((error) => this.report(`${this.method}('${name}'): the listener threw`, error))
      this.emitters.set(name, emitter)
    }
    return emitter.on(listener)
  }

  /** Calls what a listener has left for later. */
  run(name: string, fn: () => void): void {
    try {
      fn()
    } catch (error) {
      this.report(`${this.method}('${name}'): what the listener returned threw`, error)
    }
  }

  emit(name: string, value: T): void {
    this.emitters.get(name)?.emit(value)
  }
}
