import type { Palette } from './palette.ts'

/** One tab. It is told of frames only while it is shown. */
export interface Panel {
  readonly name: string
  readonly element: HTMLElement
  /** @param frame counts up: what is drawn more seldom takes turns by it */
  update(frame: number, palette: Palette): void
}
