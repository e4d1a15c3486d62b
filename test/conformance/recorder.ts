/** Listens to one client of a stepper and keeps its packets, each with what the real implementation reads in it. */
import type { GameSchema, GameTypes } from '@tickwire/protocol'
import { Packr } from 'msgpackr'
import type { StepperClient } from 'tickwire/testing'
import { Oracle } from './oracle.ts'
import { toHex } from './shown.ts'
import type { Shown } from './shown.ts'

export type End = 'client' | 'server'

/** One packet. */
export interface Frame {
  readonly from: End
  readonly hex: string
  readonly messages: readonly Shown[]
}

/** What travelled on the connections of one client, one after the other. */
export interface Recording {
  readonly name: string
  /** The games that it speaks of, by name. */
  readonly games: readonly string[]
  readonly frames: readonly Frame[]
}

/** Of packets that only hold what is said all the time, every how many of the same messages are kept. */
const ROUTINE = ['inputs', 'snapshotAck', 'ping', 'pong', 'reliableAck']
const KEPT_OF_ROUTINE = 60

export const packr: Packr = new Packr({ useRecords: false })
export const packer = {
  encode: (value: unknown): Uint8Array => packr.pack(value),
  decode: (bytes: Uint8Array): unknown => packr.unpack(bytes) as unknown,
}

export class Recorder {
  readonly frames: Frame[] = []
  private readonly oracle: Oracle
  private readonly routine = new Map<string, number>()
  isOn = true

  constructor(games: readonly GameSchema[]) {
    this.oracle = new Oracle(games, packer)
  }

  listen<G extends GameTypes>(client: StepperClient<G>): void {
    client.onSend = (packet) => this.keep('client', packet)
    client.onReceive = (packet) => this.keep('server', packet)
  }

  private keep(from: End, packet: Uint8Array): void {
    if (!this.isOn) return
    const messages = this.oracle.read(from, packet)
    if (!this.isRoutine(messages.map(typeOf))) this.frames.push({ from, hex: toHex(packet), messages })
  }

  private isRoutine(types: readonly string[]): boolean {
    if (types.some((type) => !ROUTINE.includes(type))) return false
    const before = this.routine.get(types.join()) ?? 0
    this.routine.set(types.join(), before + 1)
    return before % KEPT_OF_ROUTINE !== 0
  }
}

function typeOf(message: Shown): string {
  return (message as { readonly type: string }).type
}
