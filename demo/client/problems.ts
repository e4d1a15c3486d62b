import { TickwireError } from 'tickwire'
import type { CloseInfo } from 'tickwire/client'

/** What went wrong, as players are told; those who build games read the error itself in the console. */
export interface Problem {
  readonly title: string
  readonly text: string
  /** Only the page of now fits the server of now. */
  readonly needsReload?: boolean
}

const OUTDATED: Problem = {
  title: 'There is a new version',
  text: 'This page and the server do not fit together any more. Reload to play on.',
  needsReload: true,
}
const NO_SEAT: Problem = {
  title: 'The room is full',
  text: 'All of its seats are taken. Take another room, or look on.',
}
const NO_ROOM: Problem = { title: 'The room is gone', text: 'Everybody has left it. Take another one.' }

const PROBLEMS: Readonly<Record<string, Problem>> = {
  unreachable: { title: 'No connection', text: 'The game server cannot be reached.' },
  'join-timeout': { title: 'No answer', text: 'The game server did not answer. Try again in a moment.' },
  'room-full': NO_SEAT,
  'room-locked': { title: 'The room is locked', text: 'Its owner lets nobody else in. Take another room.' },
  'room-not-found': NO_ROOM,
  'room-gone': NO_ROOM,
  'wrong-code': { title: 'Nobody is there', text: 'No room and no party has this code. It may have ended.' },
  'too-many-guesses': { title: 'Too many tries', text: 'Wait a minute before you enter another code.' },
  'server-full': { title: 'The server is full', text: 'It has no room left. Try again later.' },
  'schema-mismatch': OUTDATED,
  'version-mismatch': OUTDATED,
  'party-full': { title: 'The party is full', text: 'Nobody else can join it.' },
  'party-busy': { title: 'The party is on its way', text: 'It is being seated. Try again in a moment.' },
  'reservation-expired': {
    title: 'Too late',
    text: 'The seat that your party kept for you is gone. Join by the list.',
  },
  replaced: { title: 'You play in another tab', text: 'It has taken over your ship.' },
  expired: { title: 'Your seat is gone', text: 'You were away for too long, or the server was started anew.' },
  kicked: { title: 'You were removed', text: 'You may come back, if you are welcome.' },
  banned: { title: 'You were shut out', text: 'You may not come back to this room. There are others.' },
  'room-closed': { title: 'The room was closed', text: 'Take another one.' },
  'going-away': { title: 'The server stops', text: 'It comes back in a moment.' },
  abnormal: { title: 'The connection is lost', text: 'It could not be brought back. Check your network.' },
}

/** Why joining failed. */
export function whyNotJoined(error: unknown): Problem {
  const known = error instanceof TickwireError ? PROBLEMS[error.code] : undefined
  const text = error instanceof Error ? error.message : String(error)
  return known ?? { title: 'That did not work', text: sentence(text) }
}

/** Why the room is over; nothing if the player left. */
export function whyEnded(reason: CloseInfo): Problem | undefined {
  if (reason.name === 'left') return undefined
  return PROBLEMS[reason.name] ?? { title: 'The connection ended', text: sentence(reason.meaning) }
}

/** Whether asking again, and nothing else, may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof TickwireError && (error.code === 'unreachable' || error.code === 'join-timeout')
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
