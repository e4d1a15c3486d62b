import { PROTOCOL_VERSION } from '@tickwire/protocol'
import { LOBBY_HASH } from '@tickwire/protocol/internal'
import type { ClientMessage, ResumeClaim } from '@tickwire/protocol/internal'

type Hello = Extract<ClientMessage, { type: 'hello' }>

let links = 0

/** The hello of a client that opens a link: no two draw the same. */
export function helloOf(ticket: string = ''): Hello {
  const [linkId, token] = [secret(++links), secret(++links)]
  return { type: 'hello', protocolVersion: PROTOCOL_VERSION, lobby: LOBBY_HASH, ticket, linkId, token, resume: null }
}

/** The hello of a client that wants its link back. */
export function claimOf({ linkId, token, receivedSeq, seat }: ResumeClaim, ticket: string = ''): Hello {
  return {
    type: 'hello',
    protocolVersion: PROTOCOL_VERSION,
    lobby: LOBBY_HASH,
    ticket,
    linkId,
    token,
    resume: { receivedSeq, seat },
  }
}

function secret(number: number): Uint8Array {
  const bytes = new Uint8Array(16).fill(0x5e)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}
