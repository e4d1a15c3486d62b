import type { ConnectionState } from '../room-api.ts'
import { button, el, setText } from './dom.ts'
import { applyPalette, PALETTES } from './palette.ts'
import type { Palette, Theme } from './palette.ts'
import type { Panel } from './panel.ts'
import { loadPreferences, savePreferences } from './preferences.ts'
import { STYLE } from './style.ts'

const MIN_WIDTH = 300
const WIDTH_STEP = 20
/** Keys that a control inside of the panel uses; all others go on to the game. */
const OWN_KEYS = new Set([
  ' ',
  'Enter',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
])

/** The panel at the right: its head, its tabs and what surrounds them. */
export class Shell {
  readonly host: HTMLElement = el('div', { id: 'tickwire-inspector' })
  private readonly panels: readonly Panel[]
  private readonly tabs: readonly HTMLButtonElement[]
  private readonly main = el('main', { role: 'tabpanel' })
  private readonly frame: HTMLElement
  private readonly state = el('span', { class: 'state', role: 'status' })
  private readonly cost = el('span', { class: 'cost', title: 'What the inspector itself takes of each frame' })
  private readonly system: MediaQueryList = window.matchMedia('(prefers-color-scheme: light)')
  private readonly listening = new AbortController()
  private width: number
  private theme: Theme | null
  private colors: Palette = PALETTES.dark
  private selected = 0

  constructor(panels: readonly Panel[], overlay: HTMLElement, onClose: () => void) {
    const { width, theme, tab } = loadPreferences()
    this.panels = panels
    this.width = width
    this.theme = theme
    this.tabs = panels.map(({ name }, i) => this.tab(name, i))
    const close = button('✕', onClose, { 'aria-label': 'Close the inspector' })
    const turn = button('◐', () => this.turnTheme(), { 'aria-label': 'Light or dark' })
    const head = el('header', {}, el('b', {}, 'Tickwire'), this.state, this.cost, turn, close)
    const nav = el('nav', { role: 'tablist' }, ...this.tabs)
    this.frame = el(
      'section',
      { class: 'panel', 'aria-label': 'Tickwire inspector' },
      this.grip(),
      head,
      nav,
      this.main,
    )
    const root = this.host.attachShadow({ mode: 'open' })
    root.append(el('style', {}, STYLE), overlay, this.frame)
    this.listen(nav)
    this.resize(width)
    this.paint()
    this.select(
      Math.max(
        0,
        panels.findIndex(({ name }) => name === tab),
      ),
    )
  }

  get palette(): Palette {
    return this.colors
  }

  get shown(): Panel {
    return this.panels[this.selected]!
  }

  showState(state: ConnectionState): void {
    this.state.className = `state ${state.phase}`
    setText(this.state, state.phase === 'resuming' ? `resuming, try ${state.attempt}` : state.phase)
  }

  showCost(frameMs: number): void {
    setText(this.cost, `${frameMs.toFixed(2)} ms/frame`)
  }

  show(panel: Panel): void {
    this.select(this.panels.indexOf(panel))
  }

  private select(index: number): void {
    this.selected = index
    for (const [i, tab] of this.tabs.entries()) {
      tab.setAttribute('aria-selected', String(i === index))
      tab.tabIndex = i === index ? 0 : -1
    }
    this.main.setAttribute('aria-label', this.shown.name)
    this.main.replaceChildren(this.shown.element)
    this.remember()
  }

  remove(): void {
    this.listening.abort()
    this.host.remove()
  }

  private tab(name: string, index: number): HTMLButtonElement {
    return button(name, () => this.select(index), { role: 'tab' })
  }

  private listen(nav: HTMLElement): void {
    const { signal } = this.listening
    nav.addEventListener('keydown', (event) => this.stepTab(event))
    // A click focuses nothing: the keys stay with the game, while who comes by Tab can use everything.
    this.frame.addEventListener('mousedown', (event) => {
      if ((event.target as Element).closest('input[type=range], .detail') === null) event.preventDefault()
    })
    this.frame.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') (this.host.shadowRoot?.activeElement as HTMLElement | null)?.blur()
      // What works the panel is not for the game as well. Releases are: a key may have been pressed before.
      if (OWN_KEYS.has(event.key)) event.stopPropagation()
    })
    this.system.addEventListener('change', () => this.paint(), { signal })
  }

  private stepTab(event: KeyboardEvent): void {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    this.select((this.selected + by + this.panels.length) % this.panels.length)
    this.tabs[this.selected]!.focus()
  }

  private grip(): HTMLElement {
    const grip = el('div', {
      class: 'grip',
      role: 'separator',
      tabindex: 0,
      'aria-orientation': 'vertical',
      'aria-label': 'Width',
    })
    grip.addEventListener('pointerdown', (event) => grip.setPointerCapture(event.pointerId))
    grip.addEventListener('pointermove', (event) => {
      if (grip.hasPointerCapture(event.pointerId)) this.resize(window.innerWidth - event.clientX)
    })
    grip.addEventListener('pointerup', () => this.remember())
    grip.addEventListener('keydown', ({ key }) => {
      const by = key === 'ArrowLeft' ? WIDTH_STEP : key === 'ArrowRight' ? -WIDTH_STEP : 0
      if (by === 0) return
      this.resize(this.width + by)
      this.remember()
    })
    return grip
  }

  private resize(width: number): void {
    this.width = Math.max(MIN_WIDTH, Math.min(width, window.innerWidth))
    this.frame.style.setProperty('--width', `${this.width}px`)
    this.frame.querySelector('.grip')?.setAttribute('aria-valuenow', String(Math.round(this.width)))
  }

  private turnTheme(): void {
    this.theme = this.colors === PALETTES.dark ? 'light' : 'dark'
    this.paint()
    this.remember()
  }

  private paint(): void {
    // Not asked at each frame: Chromium tells of no change that was looked at before.
    const theme = this.theme ?? (this.system.matches ? 'light' : 'dark')
    this.colors = PALETTES[theme]
    this.frame.style.colorScheme = theme
    applyPalette(this.frame.style, this.colors)
  }

  private remember(): void {
    savePreferences({ width: this.width, theme: this.theme, tab: this.shown.name })
  }
}
