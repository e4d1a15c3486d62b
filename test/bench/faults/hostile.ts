import { Random } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import { hmacTickets } from '@tickwire/server'
import type { Transport, TransportHandlers } from '../../../server/src/transport/transport.ts'
import { createStepper } from 'tickwire/testing'
import type { Stepper } from 'tickwire/testing'
import type { Figure } from '../report.ts'
import { faultsGame, faultsRoom, newLedger } from './game.ts'
import type { Faults } from './game.ts'
import { greeting, hostileFrame, SECRET, ticketOf, wallClockMs } from './hostile-frames.ts'
import { wrongNumbers } from './numbers.ts'

const FRAMES = 1_000_000
/** Some say one thing and wait: a ticket is judged only then. */
const MAX_FRAMES_PER_CONNECTION = 6
/** Between two pictures of those who play. */
const CONNECTIONS_PER_TURN = 200
const PLAYERS = 4

interface Attack {
  readonly random: Random
  readonly samples: readonly Uint8Array[]
  exceptions: number
  frames: number
  welcomes: number
}

/** One connection with a few frames. Its address is this machine's, which no limit turns away before it is read. */
function assault({ front }: Stepper<Faults>, attack: Attack): TransportHandlers {
  const transport: Transport = {
    peer: { ip: '127.0.0.1', origin: null, originAllowed: true },
    bufferedBytes: 0,
    send: () => {
      attack.welcomes++
      return 'sent'
    },
    close: () => {},
    terminate: () => {},
  }
  const handlers = front.accept(transport)
  for (let left = attack.random.int(1, MAX_FRAMES_PER_CONNECTION); left > 0; left--) {
    attack.frames++
    try {
      handlers.onReceive(hostileFrame(attack.samples, attack.random))
    } catch {
      attack.exceptions++
    }
  }
  return handlers
}

/** Frames of every kind of malice against a server on which four people count aloud. */
export async function hostile(): Promise<readonly Figure[]> {
  const ledger = newLedger()
  const authenticate = hmacTickets({ secret: SECRET, game: 'faults', wallClockMs })
  const rooms = [faultsRoom(ledger, { maxPlayers: 16 })]
  const stepper = createStepper<Faults>({ rooms, authenticate, impair: { latencyMs: 20 } })
  const players: { room: JoinedRoom<Faults>; sent: number }[] = []
  const tickets = Array.from({ length: PLAYERS }, (_, i) => ticketOf(`player ${i}`))
  for (const [series, ticket] of tickets.entries()) {
    const client = stepper.addClient({ ticket })
    players.push({ room: await stepper.join(faultsGame, { series }, { client }), sent: 0 })
  }
  // Among them the greeting with a ticket that a player has used.
  const samples = [greeting(''), greeting(tickets[0]!), greeting('x'.repeat(200))]
  const attack: Attack = { random: new Random(1), samples, exceptions: 0, frames: 0, welcomes: 0 }
  const talk = {
    each: (_room: unknown, i: number) =>
      void (players[i]!.room.send('count', { n: players[i]!.sent }) && players[i]!.sent++),
  }
  while (attack.frames < FRAMES) {
    const open = Array.from({ length: CONNECTIONS_PER_TURN }, () => assault(stepper, attack))
    await stepper.run(0.05, { frameHz: 20, ...talk })
    for (const handlers of open) handlers.onClose(1006, '')
    ;(stepper.log as string[]).length = 0
  }
  await stepper.run(5, { frameHz: 20 })
  const { linksOnline, linksDropped, counters } = stepper.front.stats
  const wrong = players.map(({ sent }, series) => wrongNumbers(ledger.heard.get(series) ?? [], 0, sent))
  const figures: Figure[] = [
    { name: 'hostile.frames', value: attack.frames, unit: 'frames', must: `>= ${FRAMES}` },
    { name: 'hostile.exceptions', value: attack.exceptions + counters.serverErrors, unit: 'exceptions', must: '= 0' },
    { name: 'hostile.answers', value: attack.welcomes, unit: 'packets', must: '= 0' },
    { name: 'hostile.seatsTaken', value: (ledger.room?.players.size ?? 0) - PLAYERS, unit: 'seats', must: '= 0' },
    { name: 'hostile.linksLeft', value: linksOnline + linksDropped - PLAYERS, unit: 'links', must: '= 0' },
    { name: 'hostile.playersDisturbed', value: wrong.filter((one) => one > 0).length, unit: 'players', must: '= 0' },
    { name: 'hostile.protocolErrors', value: counters.protocolErrors, unit: 'connections', must: '>= 1' },
    { name: 'hostile.authFailures', value: counters.authFailures, unit: 'connections', must: '>= 1' },
    { name: 'hostile.resumesRefused', value: counters.resumesRefused, unit: 'connections', must: '>= 1' },
  ]
  await stepper.close()
  return figures
}
