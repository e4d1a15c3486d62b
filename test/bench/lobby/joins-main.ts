import {
  BitWriter,
  CLIENT_MESSAGE,
  hashSections,
  NO_WISH,
  readPacket,
  readServerMessage,
  writeClientMessage,
  writeMessage,
} from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import type { ClientMessage, JoinVerb } from '@tickwire/protocol/internal'
import { WebSocket } from 'ws'
import { helloOf } from '../../hello.ts'
import { runnerGame, stormGame } from './joins-game.ts'

/** The clients of the join storm, in a process of their own: they are linked first, and join when they are told. */

export type Order =
  | {
      readonly type: 'link'
      readonly url: string
      readonly clients: number
      readonly residents: number
      readonly perSecond: number
    }
  /** All of them join, evenly spread. */
  | { readonly type: 'join'; readonly perSecond: number }
  | { readonly type: 'stop' }

export interface Report {
  /** How long each answer took, in ms. */
  readonly waitsMs: readonly number[]
  readonly seated: number
  /** Why others were not, and how often. */
  readonly refused: Readonly<Record<string, number>>
}

const STEP_MS = 20

class Joiner {
  private readonly socket: WebSocket
  private sentMs = 0
  private answer: (code: string) => void = () => undefined
  readonly linked: Promise<void>

  constructor(url: string) {
    this.socket = new WebSocket(url, { perMessageDeflate: false })
    this.socket.binaryType = 'nodebuffer'
    this.linked = new Promise((resolve, reject) => {
      this.socket.on('open', () => this.send(helloOf()))
      this.socket.on('error', reject)
      this.socket.on('message', (data: Buffer) => this.receive(data, resolve))
    })
  }

  /** Resolves with how long the answer took, and what it was: `joined`, or the code of the refusal. */
  async join({ schema }: { readonly schema: GameSchema }, verb: JoinVerb): Promise<[waitMs: number, code: string]> {
    this.sentMs = performance.now()
    const code = await new Promise<string>((resolve) => {
      this.answer = resolve
      const named = { game: schema.name, hashes: hashSections(schema), room: '', reservation: '', wish: NO_WISH }
      const item = { type: 'join', channel: 1, verb, ...named, join: new Uint8Array(0) } as const
      this.send({ type: 'reliable', seq: 1, item })
    })
    return [performance.now() - this.sentMs, code]
  }

  close(): void {
    this.socket.terminate()
  }

  private receive(data: Buffer, onLinked: () => void): void {
    readPacket(data, (id, bits) => {
      const message = readServerMessage(id, bits)
      if (message.type === 'welcome') onLinked()
      if (message.type === 'snapshot') bits.skipBits(bits.bitsLeft, 'snapshot')
      if (message.type !== 'reliable') return
      if (message.item.type === 'joined') this.answer('joined')
      if (message.item.type === 'joinRefused') this.answer(message.item.code)
    })
  }

  private send(message: ClientMessage): void {
    const body = new BitWriter()
    writeClientMessage(body, message)
    const packet = new BitWriter()
    writeMessage(packet, CLIENT_MESSAGE[message.type], body.toBytes(), true)
    this.socket.send(packet.toBytes())
  }
}

const joiners: Joiner[] = []

/** Calls `fn` for each number, so many per second; resolves when all of what it began is done. */
async function spread<T>(count: number, perSecond: number, fn: (i: number) => Promise<T>): Promise<T[]> {
  const begun: Promise<T>[] = []
  const startMs = performance.now()
  while (begun.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - startMs + STEP_MS) * perSecond) / 1000))
    while (begun.length < due) begun.push(fn(begun.length))
    await new Promise((resolve) => void setTimeout(resolve, STEP_MS))
  }
  return Promise.all(begun)
}

async function link({ url, clients, residents, perSecond }: Extract<Order, { type: 'link' }>): Promise<Report> {
  for (let i = 0; i < residents; i++) {
    const resident = new Joiner(url)
    await resident.linked
    await resident.join(runnerGame, 'create')
  }
  await spread(clients, perSecond, async () => {
    const joiner = new Joiner(url)
    joiners.push(joiner)
    await joiner.linked
  })
  return { waitsMs: [], seated: 0, refused: {} }
}

async function storm(perSecond: number): Promise<Report> {
  const answers = await spread(joiners.length, perSecond, (i) => joiners[i]!.join(stormGame, 'joinOrCreate'))
  const refused: Record<string, number> = {}
  for (const [, code] of answers) if (code !== 'joined') refused[code] = (refused[code] ?? 0) + 1
  const seated = answers.filter(([, code]) => code === 'joined').length
  return { waitsMs: answers.map(([waitMs]) => waitMs), seated, refused }
}

process.on('message', (order: Order) => {
  if (order.type === 'stop') {
    for (const joiner of joiners) joiner.close()
    process.exit(0)
  }
  const work = order.type === 'link' ? link(order) : storm(order.perSecond)
  void work.then((report) => process.send!(report))
})
