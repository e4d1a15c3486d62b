import type { Client } from '../client-api.ts'
import type { Impairment } from '../impair/impairment.ts'
import type { Observed } from '../observer.ts'
import { button, el, setText } from './dom.ts'

/** The stall that the slider sets comes so often. */
const STALL_EVERY_MS = 3000
const THROTTLES_KBPS = [0, 2000, 1000, 500, 250, 128, 64, 32, 16]

interface Slider {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly max: number
  readonly step: number
  /** From what is set to where the slider stands. */
  readonly position: (impairment: Impairment) => number
  readonly part: (position: number) => Impairment
  readonly text: (position: number) => string
}

const SLIDERS: readonly Slider[] = [
  {
    id: 'latency',
    label: 'Latency',
    hint: 'Added each way; a round trip takes twice this',
    max: 500,
    step: 5,
    position: ({ latencyMs = 0 }) => latencyMs,
    part: (latencyMs) => ({ latencyMs }),
    text: (value) => `${value} ms`,
  },
  {
    id: 'jitter',
    label: 'Jitter',
    hint: 'Up to so much more, by chance, per packet',
    max: 200,
    step: 2,
    position: ({ jitterMs = 0 }) => jitterMs,
    part: (jitterMs) => ({ jitterMs }),
    text: (value) => `${value} ms`,
  },
  {
    id: 'loss',
    label: 'Loss',
    hint: 'A lost packet holds up all behind it until it is sent again',
    max: 30,
    step: 0.5,
    position: ({ lossPercent = 0 }) => lossPercent,
    part: (lossPercent) => ({ lossPercent }),
    text: (value) => `${value} %`,
  },
  {
    id: 'stall',
    label: 'Stall',
    hint: 'Every three seconds nothing arrives for so long',
    max: 2000,
    step: 50,
    position: ({ stall }) => stall?.forMs ?? 0,
    part: (forMs) => (forMs > 0 ? { stall: { everyMs: STALL_EVERY_MS, forMs } } : {}),
    text: (value) => (value === 0 ? 'off' : `${value} ms`),
  },
  {
    id: 'throttle',
    label: 'Bandwidth',
    hint: 'Kilobits per second, each way; what exceeds it waits',
    max: THROTTLES_KBPS.length - 1,
    step: 1,
    position: ({ throttleKbps = 0 }) => throttlePosition(throttleKbps),
    part: (at) => (at > 0 ? { throttleKbps: THROTTLES_KBPS[at]! } : {}),
    text: (at) => (at === 0 ? 'whole' : `${THROTTLES_KBPS[at]} kbit/s`),
  },
]

const PRESETS: Readonly<Record<string, Impairment>> = {
  None: {},
  'Wi-Fi': { latencyMs: 15, jitterMs: 10 },
  Overseas: { latencyMs: 90, jitterMs: 10 },
  Mobile: { latencyMs: 50, jitterMs: 60, lossPercent: 2 },
  'Full train': { latencyMs: 120, jitterMs: 100, lossPercent: 5, throttleKbps: 250 },
}

/** Makes the client's network worse on purpose. */
export class ImpairmentForm {
  readonly element: HTMLElement
  private readonly client: Client
  private readonly observed: Observed
  private readonly inputs: ReadonlyMap<Slider, { readonly input: HTMLInputElement; readonly output: HTMLElement }>
  private shown: Impairment | null = null

  constructor(client: Client, observed: Observed) {
    this.client = client
    this.observed = observed
    this.inputs = new Map(SLIDERS.map((slider) => [slider, this.slider(slider)]))
    const rows = [...this.inputs].map(([{ id, label, hint }, { input, output }]) => {
      return el('div', { class: 'slider', title: hint }, el('label', { for: id }, label), input, output)
    })
    const presets = Object.entries(PRESETS).map(([name, impairment]) => {
      return button(name, () => this.apply(impairment), { class: 'chip' })
    })
    const cut = button('Cut the connection', () => this.client.cut(), { id: 'cut', class: 'danger' })
    const title = el('h2', {}, 'Make it worse')
    this.element = el('section', { class: 'impair' }, title, el('div', { class: 'chips' }, ...presets), ...rows, cut)
  }

  /** Follows what others set: the game, or a console. */
  update(): void {
    const { impairment } = this.observed
    if (impairment === this.shown) return
    this.shown = impairment
    for (const [{ position, text }, { input, output }] of this.inputs) {
      input.value = String(position(impairment))
      setText(output, text(Number(input.value)))
    }
  }

  private slider(slider: Slider): { input: HTMLInputElement; output: HTMLElement } {
    const { id, max, step } = slider
    const input = el('input', { type: 'range', id, min: 0, max, step, value: 0 })
    input.addEventListener('input', () => this.moved())
    // The keys go back to the game, unless they brought the player here.
    input.addEventListener('pointerup', () => input.blur())
    return { input, output: el('output', { for: id }) }
  }

  private moved(): void {
    const { reorder, cutAfterMs } = this.observed.impairment
    // What no slider shows stays as it was set.
    let next: Impairment = {
      ...(reorder !== undefined && { reorder }),
      ...(cutAfterMs !== undefined && { cutAfterMs }),
    }
    for (const [{ part }, { input }] of this.inputs) next = { ...next, ...part(Number(input.value)) }
    this.apply(next)
  }

  private apply(impairment: Impairment): void {
    this.client.impair(impairment)
    this.update()
  }
}

function throttlePosition(kbps: number): number {
  if (kbps === 0) return 0
  const at = THROTTLES_KBPS.findIndex((one, i) => i > 0 && one <= kbps)
  return at < 0 ? THROTTLES_KBPS.length - 1 : at
}
