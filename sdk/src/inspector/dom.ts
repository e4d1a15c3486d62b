type Attributes = Readonly<Record<string, string | number | boolean>>

/** An element with attributes and children; `false` leaves an attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children)
  return element
}

/** Writes only what differs: a text that is set again is laid out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = el('button', { type: 'button', ...attributes }, label)
  made.addEventListener('click', onClick)
  return made
}

/** A canvas that is as sharp as the screen and as wide as its place; it is told of its size and never asks for it. */
export class SharpCanvas {
  readonly element: HTMLCanvasElement
  /** In CSS pixels; 0 until it is laid out. */
  width = 0
  readonly height: number
  private readonly context: CanvasRenderingContext2D | null

  constructor(height: number, label: string) {
    this.height = height
    this.element = el('canvas', { role: 'img', 'aria-label': label, style: `height:${height}px` })
    this.context = this.element.getContext('2d')
    const observer = new ResizeObserver(([entry]) => this.resize(entry?.contentRect.width ?? 0))
    observer.observe(this.element)
  }

  /** Empty, in CSS pixels; null where there is nothing to draw on. */
  clear(): CanvasRenderingContext2D | null {
    const { context, width, height } = this
    if (context === null || width === 0) return null
    context.clearRect(0, 0, width, height)
    return context
  }

  private resize(width: number): void {
    const ratio = window.devicePixelRatio
    this.width = Math.floor(width)
    this.element.width = Math.round(this.width * ratio)
    this.element.height = Math.round(this.height * ratio)
    this.context?.setTransform(ratio, 0, 0, ratio, 0, 0)
  }
}
