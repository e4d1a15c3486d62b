import { SchemaMismatchError, TickwireError } from '@tickwire/protocol'
import type { GameSchema } from '@tickwire/protocol'
import type { DecodedMessage } from './decode.ts'
import { button, el, setText } from './dom.ts'
import { formatBytes } from './format.ts'
import { PacketList } from './packet-list.ts'
import type { Panel } from './panel.ts'
import type { Probe } from './probe.ts'
import { readTrace } from './trace-reader.ts'
import type { ReadPacket } from './trace-reader.ts'
import { encodeTrace, MAX_TRACE_BYTES } from './trace.ts'

const EVERY_FRAMES = 15

/** What the filter offers: the rest of the messages is always shown. */
const FILTERS = {
  snapshots: ['snapshot'],
  inputs: ['inputs', 'snapshotAck'],
  'pings and acks': ['ping', 'pong', 'reliableAck'],
} as const

/** What was said, live or in a trace. */
export class PacketsPanel implements Panel {
  readonly name = 'Packets'
  readonly element: HTMLElement
  private readonly probe: Probe
  private readonly gameOf: () => { readonly schema: GameSchema } | null
  private readonly list = new PacketList()
  private readonly hidden = new Set<string>(FILTERS['pings and acks'])
  private readonly status = el('span', { class: 'status', role: 'status' })
  private readonly pause: HTMLButtonElement
  private readonly live: HTMLButtonElement
  private readonly file = el('input', { type: 'file', accept: '.twt', hidden: true, id: 'trace-file' })
  private revision = 0
  private isPaused = false
  /** The trace that is shown instead of what is going on. */
  private trace: readonly ReadPacket[] | null = null

  /** @param gameOf whose schema a trace is read with; null while no game is known */
  constructor(probe: Probe, gameOf: () => { readonly schema: GameSchema } | null) {
    this.probe = probe
    this.gameOf = gameOf
    this.pause = button('Pause', () => this.setPaused(!this.isPaused), { 'aria-pressed': 'false' })
    this.live = button('Back to live', () => this.goLive(), { hidden: true })
    const save = button('Save trace', () => this.save(), { id: 'save-trace' })
    const open = button('Open trace', () => this.file.click(), { id: 'open-trace' })
    this.file.addEventListener('change', () => void this.openFile())
    const bar = el('div', { class: 'bar' }, this.pause, save, open, this.live, this.file, this.status)
    const filters = Object.entries(FILTERS).map(([name, types]) => this.filter(name, types))
    this.element = el('div', { class: 'fill' }, bar, el('div', { class: 'bar' }, ...filters), this.list.element)
    this.refill()
  }

  update(frame: number): void {
    if (frame % EVERY_FRAMES !== 0 || this.trace !== null) return
    const { log } = this.probe
    if (!this.isPaused) {
      this.list.add(log.since(this.revision), this.isShown)
      this.revision = log.revision
    }
    setText(this.status, `last ${Math.round(log.spanMs / 1000)} s, ${formatBytes(log.byteCount)}`)
  }

  /** Shows a trace. @throws DecodeError, SchemaMismatchError, and StateError while no game is known */
  async openTrace(bytes: Uint8Array, name: string): Promise<void> {
    const game = this.gameOf()
    if (game === null) throw new TickwireError('no-game', 'join a room first, or give the inspector the game')
    const packets = await readTrace(bytes, game)
    this.trace = packets
    setText(this.status, `${name}: ${packets.length} packets`)
    this.live.hidden = false
    this.pause.hidden = true
    this.refill()
  }

  private readonly isShown = ({ type }: DecodedMessage): boolean => !this.hidden.has(type)

  private filter(name: string, types: readonly string[]): HTMLElement {
    const box = el('input', { type: 'checkbox', checked: !this.hidden.has(types[0]!) })
    box.addEventListener('change', () => {
      for (const type of types) this.hidden[box.checked ? 'delete' : 'add'](type)
      this.refill()
    })
    return el('label', {}, box, ` ${name}`)
  }

  /** All that there is, under the filter as it is now. */
  private refill(): void {
    const packets = this.trace ?? this.probe.log.since(0)
    this.revision = this.probe.log.revision
    this.list.clear(packets[0]?.atMs ?? this.probe.observed.clock.nowMs())
    this.list.add(packets, this.isShown)
  }

  private setPaused(isPaused: boolean): void {
    this.isPaused = isPaused
    this.pause.setAttribute('aria-pressed', String(isPaused))
    setText(this.pause, isPaused ? 'Go on' : 'Pause')
  }

  private goLive(): void {
    this.trace = null
    this.live.hidden = true
    this.pause.hidden = false
    this.refill()
  }

  private save(): void {
    const { room } = this.probe.observed
    if (room === null) {
      setText(this.status, 'nothing to save: no room is joined')
      return
    }
    const { schema, hashes } = room.codec
    const file = encodeTrace({ header: { game: schema.name, hashes }, records: this.probe.log.records() })
    const url = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }))
    const link = el('a', { href: url, download: `${schema.name}.twt` })
    link.click()
    // Not at once: the browser may still be about to read it.
    this.probe.observed.clock.setTimer(() => URL.revokeObjectURL(url), 10_000)
  }

  private async openFile(): Promise<void> {
    const [file] = this.file.files ?? []
    this.file.value = ''
    if (file === undefined) return
    try {
      // Before it is in memory.
      if (file.size > MAX_TRACE_BYTES) throw new RangeError(`a trace has at most ${formatBytes(MAX_TRACE_BYTES)}`)
      await this.openTrace(new Uint8Array(await file.arrayBuffer()), file.name)
    } catch (error) {
      const isOther = error instanceof SchemaMismatchError
      const why = error instanceof Error ? error.message : String(error)
      setText(this.status, isOther ? `${file.name} is of another game, or another version of it` : why)
    }
  }
}
