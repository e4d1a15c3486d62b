import type { Random } from '@tickwire/protocol'
import { BitWriter, hashSections, NO_WISH, writeClientMessage, writeMessage } from '@tickwire/protocol/internal'
import type { ClientMessage } from '@tickwire/protocol/internal'
import { createTicket } from '@tickwire/server'
import { claimOf, helloOf } from '../../hello.ts'
import { faultsGame } from './game.ts'

export const SECRET = 'a secret of at least thirty-two bytes'
/** The wall clock of tickets stands still: so none of them expires. */
export const wallClockMs = (): number => 1_800_000_000_000

export const ticketOf = (user: string): string => createTicket({ secret: SECRET, game: 'faults', user, wallClockMs })

export function packetOf(messages: readonly ClientMessage[]): Uint8Array {
  const packet = new BitWriter(256)
  const body = new BitWriter(256)
  for (const [i, message] of messages.entries()) {
    body.reset()
    writeMessage(packet, writeClientMessage(body, message), body.toBytes(), i === messages.length - 1)
  }
  return packet.toBytes()
}

/** What an honest client says first; without a ticket of its own it must open nothing. */
export function greeting(ticket: string): Uint8Array {
  const hashes = hashSections(faultsGame.schema)
  const named = { game: 'faults', hashes, room: '', reservation: '', wish: NO_WISH, join: new Uint8Array(2) }
  return packetOf([
    helloOf(ticket),
    { type: 'reliable', seq: 1, item: { type: 'join', channel: 1, verb: 'joinOrCreate', ...named } },
  ])
}

/** A claim of a link and token that somebody guessed or found. */
function claim(random: Random): Uint8Array {
  const guess = (): Uint8Array => Uint8Array.from({ length: 16 }, () => random.int(0, 255))
  return packetOf([claimOf({ linkId: guess(), token: guess(), receivedSeq: 0, seat: null })])
}

function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice()
  for (let flips = random.int(1, 4); flips > 0; flips--) copy[random.int(0, copy.length - 1)]! ^= 1 << random.int(0, 7)
  return copy
}

export function hostileFrame(samples: readonly Uint8Array[], random: Random): Uint8Array {
  const sample = samples[random.int(0, samples.length - 1)]!
  const dice = random.int(0, 9)
  if (dice < 4) return Uint8Array.from({ length: random.int(0, 64) }, () => random.int(0, 255))
  if (dice < 7) return mutated(sample, random)
  if (dice < 8) return sample.slice(0, random.int(0, sample.length - 1))
  return dice === 8 ? claim(random) : sample
}
