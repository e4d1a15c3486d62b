import type { GameSchema } from '@tickwire/protocol'
import type { GameCodec } from '@tickwire/protocol/internal'
import type { Client } from '../client-api.ts'
import { codecFor } from '../link/codec.ts'
import { observedOf } from '../observer.ts'
import type { Observed } from '../observer.ts'
import type { Unsubscribe } from '../room-api.ts'
import { BytesPanel } from './bytes-panel.ts'
import { el } from './dom.ts'
import { EntitiesPanel } from './entities-panel.ts'
import { Ghosts } from './ghosts.ts'
import { ImpairmentForm } from './impairment-form.ts'
import { NetworkPanel } from './network-panel.ts'
import { PacketsPanel } from './packets-panel.ts'
import { Probe } from './probe.ts'
import { Readings } from './readings.ts'
import { Shell } from './shell.ts'
import type { ToScreen } from './to-screen.ts'

export interface InspectorOptions {
  /** The `KeyboardEvent.key` that opens and closes it, default `'F2'`; null: none does. */
  readonly key?: string | null
  /** Where a place of the world is in the window, in CSS pixels: with it, ghosts can be drawn over the game. */
  readonly toScreen?: ToScreen
  /** To read traces, and what is said before a room is joined; afterwards the room says it. */
  readonly game?: { readonly schema: GameSchema }
}

/** An inspector of one client. */
export interface Inspector {
  readonly isOpen: boolean
  /** What the inspector itself takes of each frame, in ms; mean of about half a second, 0 while it is closed. */
  readonly frameMs: number
  open(): void
  /** Forgets what it has seen; closed, it costs nothing. */
  close(): void
  toggle(): void
  /**
   * Opens it with the packets of a trace that was saved before.
   * @throws DecodeError for what is no trace, SchemaMismatchError for one of another game, TickwireError (`no-game`)
   */
  openTrace(file: Uint8Array, name?: string): Promise<void>
  /** Closes it, and listens to the key no more. */
  detach(): void
}

/**
 * Gives a client an inspector, which a key opens: graphs, bytes by field, entities, packets, and a worse network.
 * Only in a window.
 * @throws ConfigError for a client that is not of this package
 */
export function attachInspector(client: Client, options: InspectorOptions = {}): Inspector {
  return new ClientInspector(client, observedOf(client), options)
}

class ClientInspector implements Inspector {
  private readonly client: Client
  private readonly observed: Observed
  private readonly options: InspectorOptions
  private readonly listening = new AbortController()
  /** Of the game that was given; null until the parts that it needs are loaded. */
  private codec: GameCodec | null = null
  private session: Session | null = null

  constructor(client: Client, observed: Observed, options: InspectorOptions) {
    this.client = client
    this.observed = observed
    this.options = options
    const { key = 'F2', game } = options
    if (game !== undefined) void this.load(game.schema)
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== key || event.repeat) return
      event.preventDefault()
      this.toggle()
    }
    window.addEventListener('keydown', onKey, { signal: this.listening.signal })
  }

  get isOpen(): boolean {
    return this.session !== null
  }

  get frameMs(): number {
    return this.session?.probe.cost.perFrameMs ?? 0
  }

  open(): void {
    const { client, observed, options, codec } = this
    this.session ??= new Session(client, observed, { ...options, codec, onClose: () => this.close() })
  }

  close(): void {
    this.session?.end()
    this.session = null
  }

  toggle(): void {
    if (this.isOpen) this.close()
    else this.open()
  }

  async openTrace(file: Uint8Array, name: string = 'trace'): Promise<void> {
    this.open()
    await this.session!.openTrace(file, name)
  }

  detach(): void {
    this.close()
    this.listening.abort()
  }

  private async load(schema: GameSchema): Promise<void> {
    try {
      this.codec = await codecFor(schema)
    } catch {
      // A file of the game did not come: payloads are bytes until a room is joined.
    }
  }
}

interface SessionParts extends InspectorOptions {
  readonly codec: GameCodec | null
  readonly onClose: () => void
}

/** The inspector from its opening to its closing. */
class Session {
  readonly probe: Probe
  private readonly observed: Observed
  private readonly readings: Readings
  private readonly form: ImpairmentForm
  private readonly packets: PacketsPanel
  private readonly ghosts: Ghosts
  private readonly shell: Shell
  private readonly stopFollowing: Unsubscribe
  private frame = 0
  private request = 0

  constructor(client: Client, observed: Observed, { toScreen, game, codec, onClose }: SessionParts) {
    this.observed = observed
    this.probe = new Probe(observed, codec, () => this.drawGhosts())
    this.readings = new Readings(this.probe)
    this.form = new ImpairmentForm(client, observed)
    this.ghosts = new Ghosts(toScreen ?? (() => null))
    this.packets = new PacketsPanel(this.probe, () => game ?? observed.room?.codec ?? null)
    const panels = [
      new NetworkPanel(this.readings, this.probe.ticks, this.form.element),
      new BytesPanel(this.probe),
      new EntitiesPanel(this.probe, toScreen === undefined ? [] : [ghostSwitch(this.ghosts)]),
      this.packets,
    ]
    this.shell = new Shell(panels, this.ghosts.element, onClose)
    document.body.append(this.shell.host)
    observed.observer = this.probe
    this.shell.showState(client.connection)
    this.stopFollowing = client.onConnection((state) => this.shell.showState(state))
    this.request = requestAnimationFrame(() => this.drawFrame())
  }

  async openTrace(file: Uint8Array, name: string): Promise<void> {
    await this.packets.openTrace(file, name)
    this.shell.show(this.packets)
  }

  end(): void {
    if (this.observed.observer === this.probe) this.observed.observer = null
    cancelAnimationFrame(this.request)
    this.stopFollowing()
    this.shell.remove()
  }

  private drawFrame(): void {
    const { cost } = this.probe
    cost.begin()
    this.request = requestAnimationFrame(() => this.drawFrame())
    this.frame++
    this.readings.update(this.observed.clock.nowMs())
    this.form.update()
    this.shell.shown.update(this.frame, this.shell.palette)
    if (this.frame % 30 === 0) this.shell.showCost(cost.perFrameMs)
    cost.end()
    cost.frame()
  }

  /** Behind the game's own frame: its camera may move after the room has. */
  private drawGhosts(): void {
    if (!this.ghosts.isOn && this.ghosts.isClear) return
    queueMicrotask(() => {
      this.probe.cost.begin()
      this.ghosts.draw(this.observed.room)
      this.probe.cost.end()
    })
  }
}

function ghostSwitch(ghosts: Ghosts): HTMLElement {
  const box = el('input', { type: 'checkbox', id: 'ghosts' })
  box.addEventListener('change', () => (ghosts.isOn = box.checked))
  const key = el(
    'span',
    { class: 'key' },
    el('span', { class: 'received' }, '◯ received '),
    el('span', { class: 'predicted' }, '○ predicted '),
    el('span', { class: 'drawn' }, '+ drawn'),
  )
  return el('div', { class: 'bar' }, el('label', {}, box, 'Ghosts over the game'), key)
}
