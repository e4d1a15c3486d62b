import type { ConnectionState } from 'tickwire/client'
import { find, setText } from './dom.ts'

/** Says what the connection is doing when it is not simply there. */
export function showConnection(state: ConnectionState): void {
  const banner = find('#banner', HTMLElement)
  const text = bannerText(state)
  banner.hidden = text === ''
  setText(banner, text)
}

function bannerText(state: ConnectionState): string {
  switch (state.phase) {
    case 'connecting':
      return 'Connecting'
    case 'resuming':
      return state.attempt > 1 ? `Connection lost. Reconnecting, try ${state.attempt}` : 'Connection lost. Reconnecting'
    default:
      return ''
  }
}
