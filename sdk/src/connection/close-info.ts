import { CLOSE, closeReason } from '@tickwire/protocol'
import type { CloseInfo } from '../room-api.ts'

/**
 * A close code as the game is told of it.
 * @param detail what the other end said in its close frame, or what is known besides; '' for nothing
 */
export function closeInfo(code: number, detail: string = ''): CloseInfo {
  const { name, meaning, retry } = closeReason(code)
  return { code, name, retry, meaning: detail === '' ? meaning : `${meaning} (${detail})` }
}

/** What is known of a connection that broke without a close frame (1006): a browser tells nothing of why. */
export interface Break {
  /** The browser says that the machine has no network. */
  readonly isOffline: boolean
  readonly wasOpen: boolean
  /** How long the server had taken us in; null: it had not. */
  readonly onlineMs: number | null
}

export function explainBreak({ isOffline, wasOpen, onlineMs }: Break): string {
  if (isOffline) return 'this machine is offline'
  if (!wasOpen) return 'no answer: the server is down, or something on the way does not pass WebSockets'
  if (onlineMs === null) return 'before the server had answered'
  return `after ${Math.round(onlineMs / 1000)} s, without a word: the network is gone, or a proxy or the server was ended`
}

type CloseName = keyof typeof CLOSE

/** The same for a name of the table. */
export function closeNamed(name: CloseName, detail: string = ''): CloseInfo {
  return closeInfo(CLOSE[name].code, detail)
}

/** Reasons of the server's that end a seat and no connection. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['expired', 'the server does not know this seat any more: it was dropped for too long, or the server was restarted'],
  ['room-closed', 'the room has ended'],
])

/** Why a room let a player go, in the words that the server sent: a name of the table, or one of the game's own. */
export function roomGone(reason: string): CloseInfo {
  if (Object.hasOwn(CLOSE, reason)) return closeNamed(reason as CloseName)
  const meaning = MEANINGS.get(reason) ?? `the room ended this seat: ${reason}`
  return { code: CLOSE.left.code, name: reason, meaning, retry: false }
}
