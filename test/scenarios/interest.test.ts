import { Random } from '@tickwire/protocol'
import type { JoinedRoom } from '@tickwire/sdk'
import type { Room, RoomType } from '@tickwire/server'
import { describe, expect, it } from 'vitest'
import { cells } from '../games/cells/cells.ts'
import type { Cells } from '../games/cells/cells.ts'
import { cellsRoom, VIEW_RADIUS } from '../games/cells/room.ts'
import { SEAMS, useStepper } from './seams.ts'

const start = useStepper()
const BOTS = 6

/** The room type with its only room in reach: what a client shows is compared with what is. */
function watched(type: RoomType): { type: RoomType; room: () => Room<Cells> } {
  let made: Room<Cells> | null = null
  const { onCreate } = type.definition
  const definition = {
    ...type.definition,
    onCreate: (room: Parameters<NonNullable<typeof onCreate>>[0]) => {
      made = room as unknown as Room<Cells>
      onCreate?.(room)
    },
  }
  return { type: { ...type, definition }, room: () => made! }
}

interface Seen {
  readonly id: number
  readonly x: number
  readonly y: number
}

/** Ids of what lies within a distance of a place. */
function within(things: Iterable<Seen>, at: { x: number; y: number }, radius: number): Set<number> {
  return new Set([...things].filter(({ x, y }) => Math.hypot(x - at.x, y - at.y) < radius).map(({ id }) => id))
}

function compare(client: JoinedRoom<Cells>, server: Room<Cells>): void {
  const at = server.players.get(client.seat)!.view as { x: number; y: number }
  for (const kind of ['pellet', 'cell'] as const) {
    const shown = new Map([...client.view(kind)].map((thing) => [thing.id, thing]))
    for (const id of within(server.world.all(kind), at, VIEW_RADIUS - 1)) expect(shown.has(id)).toBe(true)
    for (const { id, x, y, owner } of shown.values()) {
      const truth = server.world.get(kind, id)
      expect(truth, `${kind} ${id} is still there`).toBeDefined()
      expect({ x, y, owner }).toEqual({
        x: expect.closeTo(truth!.x, 0) as number,
        y: expect.closeTo(truth!.y, 0) as number,
        owner: truth!.owner,
      })
      expect(owner === client.seat || Math.hypot(x - at.x, y - at.y) < VIEW_RADIUS * 1.2).toBe(true)
    }
  }
}

describe.each(SEAMS)('what each player sees of a large world, at the %s seam', (seam) => {
  it('is all that is within its view and nothing else, after cuts and stalls', async () => {
    const { type, room } = watched(cellsRoom)
    const stepper = start<Cells>({ rooms: [type], seam, seed: 6, impair: { latencyMs: 30, jitterMs: 20 } })
    const rooms: JoinedRoom<Cells>[] = []
    for (let i = 0; i < BOTS; i++) rooms.push(await stepper.join(cells, { name: `bot${i}` }))
    const random = new Random(8)
    const goals = rooms.map(() => ({ x: 1, y: 0 }))
    await stepper.run(12, {
      frameHz: 30,
      input: (_room, i) => goals[i]!,
      each: (client, i) => {
        if (random.next() < 0.02) goals[i] = { x: random.int(-1, 1), y: random.int(-1, 1) }
        if (random.next() < 0.02) client.press('split')
        if (random.next() < 0.004) stepper.clients[i]!.network.cut()
        if (random.next() < 0.004) stepper.clients[i]!.network.stall(random.int(100, 1500))
      },
    })
    for (const { network } of stepper.clients) network.heal()
    await stepper.run(8, { frameHz: 30 })
    for (const client of rooms) {
      expect(client.connection.phase).toBe('online')
      compare(client, room())
    }
  })
})
