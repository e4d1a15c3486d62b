import type { RoomStats } from 'tickwire/client'
import { find, setText } from './dom.ts'

/** One line that says what the network is doing. */
export class Readout {
  private readonly parts: HTMLElement[] = []
  private readonly line = find('#readout', HTMLElement)

  constructor() {
    this.line.replaceChildren()
  }

  update(stats: RoomStats): void {
    const texts = [
      `RTT ${stats.rttMs.toFixed(0)} ms`,
      `jitter ${stats.jitterMs.toFixed(0)} ms`,
      `snapshot ${stats.snapshotAgeMs.toFixed(0)} ms old`,
      `others ${stats.interpolationDelayMs.toFixed(0)} ms back`,
      `${kilobytes(stats.bytesInPerSecond)} in`,
      `${kilobytes(stats.bytesOutPerSecond)} out`,
      `${stats.corrections} corrections`,
    ]
    for (const [index, text] of texts.entries()) setText(this.part(index), text)
  }

  private part(index: number): HTMLElement {
    const found = this.parts[index]
    if (found) return found
    const part = document.createElement('span')
    this.parts.push(part)
    this.line.append(part)
    return part
  }
}

function kilobytes(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1000).toFixed(1)} kB/s`
}
