import { TickwireError } from 'tickwire'
import type { CloseInfo } from 'tickwire/client'

const RELOAD = 'This page and the server do not fit together any more. Reload the page.'

/** What players are told; those who build games read the error itself in the console. */
const sentences: Readonly<Record<string, string>> = {
  left: '',
  unreachable: 'The game server cannot be reached. Try again in a moment.',
  'join-timeout': 'The game server did not answer. Try again in a moment.',
  'room-full': 'All seats of this room are taken.',
  'server-full': 'The server has no room left. Try again later.',
  'schema-mismatch': RELOAD,
  'version-mismatch': RELOAD,
  replaced: 'Another tab has taken over your ship.',
  expired: 'You were away for too long, and your seat is gone.',
  kicked: 'You were removed from the room.',
  'room-closed': 'The room was closed.',
}

/** Why joining failed, in a sentence for the form. */
export function whyNotJoined(error: unknown): string {
  const sentence = error instanceof TickwireError ? sentences[error.code] : undefined
  return sentence ?? `Joining failed: ${error instanceof Error ? error.message : String(error)}`
}

/** Why the room is over, in a sentence for the form; nothing if the player left. */
export function whyEnded(reason: CloseInfo): string {
  return sentences[reason.name] ?? `The connection ended: ${reason.meaning}.`
}
