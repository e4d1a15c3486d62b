import { NO_TERMS } from '../../../server/src/room/ports.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, LIMITS, RefusedError } from '@tickwire/protocol'
import type { SeatLink } from '../../../server/src/room/ports.ts'
import { MemoryDirectory } from '../../../server/src/directory/memory.ts'
import type { Directory } from '../../../server/src/directory/directory.ts'
import { createLogger } from '../../../server/src/log.ts'
import { RoomRegistry } from '../../../server/src/room/registry.ts'
import { FakeClock } from '../../../tickwire/src/testing/fake-clock.ts'
import { countingBytes, pong, schema, settle } from '../helpers.ts'
import { FakeMaker } from '../link/fake-room.ts'

let maker: FakeMaker
let directory: Directory
let lines: string[]
let registry: RoomRegistry

function create(changes: Partial<ConstructorParameters<typeof RoomRegistry>[0]> = {}): RoomRegistry {
  const log = createLogger('debug', (line) => lines.push(line))
  return new RoomRegistry({
    types: [pong],
    maker,
    directory,
    randomBytes: countingBytes(),
    maxRooms: 2,
    log,
    ...changes,
  })
}

beforeEach(() => {
  maker = new FakeMaker()
  lines = []
  directory = new MemoryDirectory({ clock: new FakeClock(), randomBytes: countingBytes(), reservationMs: 1000 })
  registry = create()
})

const link = {} as SeatLink
const ask = { link, key: null, join: new Uint8Array(0) }

describe('types', () => {
  it('are known by the name of their game', () => {
    expect(registry.typeOf('pong', '')).toMatchObject({ name: 'pong', maxPlayers: 4 })
    expect(registry.typeOf('chess', '')).toBeNull()
    expect(registry.games).toEqual(['pong'])
  })

  it('without options of their own have 16 seats and the usual resume window', () => {
    const plain = create({ types: [{ game: { schema }, definition: {} }] })
    expect(plain.typeOf('pong', '')?.maxPlayers).toBe(16)
    expect(plain.resumeWindowMs).toBe(LIMITS.resumeWindowMs)
  })

  it('must have names of their own', () => {
    expect(() => create({ types: [pong, pong] })).toThrow(ConfigError)
  })
})

describe('rooms', () => {
  it('are opened once per id, each with an epoch of its own', () => {
    const room = registry.open(pong, 'a', 'blue', NO_TERMS)
    expect(registry.open(pong, 'a', 'blue', NO_TERMS)).toBe(room)
    expect(registry.get('a')).toBe(room)
    expect(registry.open(pong, 'b', null, NO_TERMS).epoch).not.toBe(room.epoch)
    expect(registry.size).toBe(2)
  })

  it('are so many and no more', () => {
    registry.open(pong, 'a', null, NO_TERMS)
    registry.open(pong, 'b', null, NO_TERMS)
    expect(() => registry.open(pong, 'c', null, NO_TERMS)).toThrow(RefusedError)
    expect(() => registry.open(pong, 'c', null, NO_TERMS)).toThrow(/all 2 rooms/)
  })

  it('leave when they are disposed, by themselves or all together', async () => {
    registry.open(pong, 'a', null, NO_TERMS).dispose()
    expect(registry.get('a')).toBeNull()
    registry.open(pong, 'b', null, NO_TERMS)
    registry.disposeAll()
    expect(registry.size).toBe(0)
    await settle()
    expect(await directory.reserve({ game: 'pong', by: 'any' }, { userIds: ['ada'] }, null)).toMatchObject({
      kind: 'none',
    })
  })

  it('that a directory loses news of are in the log, and go on', async () => {
    const failing = { ...directory, register: () => Promise.reject(new Error('no connection')) }
    create({ directory: failing as unknown as Directory }).open(pong, 'a', null, NO_TERMS)
    await settle()
    expect(lines.join('\n')).toContain('the directory did not take news of room a: Error: no connection')
  })
})

describe('seats', () => {
  it('tell their link when the room ends them, once', async () => {
    const room = registry.open(pong, 'a', null, NO_TERMS)
    const reasons: string[] = []
    const { seat } = await registry.join(room, ask, (reason) => reasons.push(reason))
    maker.rooms[0]!.kick(seat, 'afk')
    maker.rooms[0]!.onGone(seat, 'again')
    expect(reasons).toEqual(['afk'])
  })

  it('tell nobody after they were given up', async () => {
    const room = registry.open(pong, 'a', null, NO_TERMS)
    const reasons: string[] = []
    const { seat } = await registry.join(room, ask, (reason) => reasons.push(reason))
    registry.vacate(room, seat)
    maker.rooms[0]!.onGone(seat, 'late')
    expect(reasons).toEqual([])
  })

  it('that end in the moment of their join are refused: nobody would ever hear of it', async () => {
    const room = registry.open(pong, 'a', null, NO_TERMS)
    const fake = maker.rooms[0]!
    const { join } = fakeJoin(fake)
    await expect(registry.join({ ...room, id: 'a', join }, ask, () => {})).rejects.toThrow(/ended at once: banned/)
    // Of another seat, much later, nothing is remembered.
    await expect(registry.join(room, ask, () => {})).resolves.toMatchObject({ seat: 0 })
  })

  it('are told by a room that disappears without naming them', async () => {
    const room = registry.open(pong, 'a', null, NO_TERMS)
    const reasons: string[] = []
    await registry.join(room, ask, (reason) => reasons.push(reason))
    room.onDisposed()
    expect(reasons).toEqual(['room-closed'])
  })

  it('cannot be had in a room that is gone', async () => {
    const room = registry.open(pong, 'a', null, NO_TERMS)
    room.dispose()
    await expect(registry.join(room, ask, () => {})).rejects.toThrow(RefusedError)
  })
})

/** A join whose player is removed before the promise has told of it. */
function fakeJoin(fake: FakeMaker['rooms'][number]) {
  return {
    join: async () => {
      const grant = await fake.join(ask)
      fake.kick(grant.seat, 'banned')
      return grant
    },
  }
}
