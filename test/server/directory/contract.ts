import { parseCriteria } from '@tickwire/protocol/internal'
import { beforeEach, describe, expect, it } from 'vitest'
import type {
  Directory,
  NewRoom,
  ReserveAnswer,
  RoomEntry,
  RoomQuery,
  RoomReport,
  SeatCriteria,
  ShownRoom,
} from '../../../server/src/directory/directory.ts'

export interface DirectoryUnderTest {
  readonly directory: Directory
  /** Lets time pass, so that reservations expire. */
  readonly advance: (ms: number) => void
}

/** How long reservations must be held, in ms. */
export const RESERVATION_MS = 20_000

const nothing: ShownRoom = {
  revision: 0,
  options: new Uint8Array(0),
  metadata: new Uint8Array(0),
  attributes: {},
}
let orders = 0
const report = (roomId: string, freeSeats: number, isLocked = false, shown = nothing): RoomReport => ({
  roomId,
  order: ++orders,
  freeSeats,
  isLocked,
  spectators: 0,
  shown,
})

type Local = Extract<ReserveAnswer, { kind: 'local' }>

const any: SeatCriteria = { game: 'pong', by: 'any' }
const planned = { type: 'pong', isListed: true }
const open: NewRoom = { ...planned, key: null, maxPlayers: 4 }
const one = { userIds: ['ada'] }

/** What every directory does, whatever stands behind it. */
export function directoryContract(name: string, create: () => DirectoryUnderTest): void {
  let directory: Directory
  let advance: (ms: number) => void

  const reserve = (criteria = any, newRoom: NewRoom | null = open, party = one): Promise<ReserveAnswer> =>
    directory.reserve(criteria, party, newRoom)
  const local = async (...args: Parameters<typeof reserve>): Promise<Local> => {
    const answer = await reserve(...args)
    if (answer.kind !== 'local') throw new Error(`expected a local room, got ${JSON.stringify(answer)}`)
    return answer
  }
  const reasonOf = (answer: ReserveAnswer): string => (answer.kind === 'none' ? answer.reason : answer.kind)
  /** Opens a room with some free seats. */
  const register = (
    roomId: string,
    freeSeats: number,
    { key = null, isLocked = false, game = 'pong', ...more }: Partial<RoomEntry> = {},
  ): Promise<void> => {
    const fixed = { game, type: game, key, invite: `I-${roomId}`, maxPlayers: 10, hasPassword: false }
    return directory.register({ ...fixed, isListed: key === null, ...report(roomId, freeSeats, isLocked), ...more })
  }

  beforeEach(() => {
    ;({ directory, advance } = create())
  })

  describe(`${name}: reserve`, () => {
    it('plans a room when none fits and one may be opened', async () => {
      const answer = await local()
      expect(answer).toMatchObject({ kind: 'local', key: null, isNew: true })
      expect(answer.roomId).not.toBe('')
      expect(reasonOf(await reserve({ game: 'chess', by: 'any' }, null))).toBe('room-not-found')
    })

    it('sends the next ones to the same room, until it is full', async () => {
      const first = await local()
      const rest = [await local(), await local(), await local()]
      expect(rest.map(({ roomId }) => roomId)).toEqual([first.roomId, first.roomId, first.roomId])
      const fifth = await local()
      expect(fifth.roomId).not.toBe(first.roomId)
      expect(new Set([first, ...rest, fifth].map(({ reservation }) => reservation)).size).toBe(5)
    })

    it('is atomic: a storm of 200 ends with exactly maxPlayers per room', async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => local()))
      const perRoom = new Map<string, number>()
      for (const { roomId } of answers) perRoom.set(roomId, (perRoom.get(roomId) ?? 0) + 1)
      expect([...perRoom.values()]).toEqual(Array.from({ length: 50 }, () => 4))
    })

    it('never promises more seats than there are, while others come, leave and cancel', async () => {
      await register('a', 10)
      const answers = await Promise.all(Array.from({ length: 50 }, () => reserve(any, null)))
      const taken = answers.filter(({ kind }) => kind === 'local') as Local[]
      expect(taken).toHaveLength(10)
      await Promise.all(taken.slice(0, 3).map(({ reservation }) => directory.release(reservation)))
      const again = await Promise.all(Array.from({ length: 50 }, () => reserve(any, null)))
      expect(again.filter(({ kind }) => kind === 'local')).toHaveLength(3)
    })

    it('keeps a party together', async () => {
      await register('a', 2)
      await register('b', 3)
      const answer = await local(any, null, { userIds: ['ada', 'bob', 'eve'] })
      expect(answer.roomId).toBe('b')
      expect(reasonOf(await reserve(any, null, { userIds: ['x', 'y', 'z'] }))).toBe('room-not-found')
    })

    it('prefers the fullest room', async () => {
      await register('a', 3)
      await register('b', 1)
      await register('c', 2)
      expect((await local()).roomId).toBe('b')
      expect((await local()).roomId).toBe('c')
    })

    it('does not send strangers into rooms with a key, locked rooms and rooms of other games', async () => {
      await register('keyed', 4, { key: 'blue' })
      await register('locked', 4, { isLocked: true })
      await register('chess', 4, { game: 'chess' })
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
    })
  })

  describe(`${name}: rooms by name`, () => {
    it('a key finds its room, or plans it with the key', async () => {
      const blue: SeatCriteria = { game: 'pong', by: 'key', key: 'blue' }
      const first = await local(blue, { ...planned, key: 'blue', maxPlayers: 2 })
      expect(first).toMatchObject({ key: 'blue', isNew: true })
      expect((await local(blue, { ...planned, key: 'blue', maxPlayers: 2 })).roomId).toBe(first.roomId)
      expect(reasonOf(await reserve(blue, { ...planned, key: 'blue', maxPlayers: 2 }))).toBe('room-full')
      expect(reasonOf(await reserve({ game: 'pong', by: 'key', key: 'red' }, null))).toBe('room-not-found')
    })

    it('a storm on one key opens one room', async () => {
      const blue: SeatCriteria = { game: 'pong', by: 'key', key: 'blue' }
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => local(blue, { ...planned, key: 'blue', maxPlayers: 50 })),
      )
      expect(new Set(answers.map(({ roomId }) => roomId)).size).toBe(1)
    })

    it('keys belong to their game', async () => {
      await register('a', 4, { key: 'blue', game: 'chess' })
      expect(
        await local({ game: 'pong', by: 'key', key: 'blue' }, { ...planned, key: 'blue', maxPlayers: 4 }),
      ).toMatchObject({
        isNew: true,
      })
    })

    it('an id finds its room, and says why not', async () => {
      await register('a', 1, { key: 'blue' })
      await register('locked', 4, { isLocked: true })
      const byId = (roomId: string): SeatCriteria => ({ game: 'pong', by: 'roomId', roomId })
      expect(await local(byId('a'), null)).toMatchObject({ roomId: 'a', key: 'blue', isNew: false })
      expect(reasonOf(await reserve(byId('a'), null))).toBe('room-full')
      expect(reasonOf(await reserve(byId('locked'), null))).toBe('room-locked')
      expect(reasonOf(await reserve(byId('nowhere'), null))).toBe('room-not-found')
      expect(reasonOf(await reserve({ ...byId('a'), game: 'chess' }, null))).toBe('room-not-found')
    })

    it("a new room fits nobody else's, and its key must be free", async () => {
      const anew = { game: 'pong', by: 'new' } as const
      await register('a', 4)
      expect((await local(anew)).roomId).not.toBe('a')
      await local(anew, { ...planned, key: 'blue', maxPlayers: 4 })
      expect(reasonOf(await reserve(anew, { ...planned, key: 'blue', maxPlayers: 4 }))).toBe('key-taken')
    })
  })

  describe(`${name}: reservations`, () => {
    it('[LOB4] of a party are one for each, taken, given up and redeemed by themselves', async () => {
      const { roomId, seats, reservation } = await local(any, open, { userIds: ['ada', 'bob', 'cy'] })
      expect(new Set(seats).size).toBe(3)
      expect(reservation).toBe(seats[0])
      await register(roomId, 4)
      await directory.confirm(seats[0]!, report(roomId, 3))
      await directory.release(seats[1]!)
      const redeemed = await reserve({ game: 'pong', by: 'reservation', reservation: seats[2]! }, null)
      expect(redeemed).toMatchObject({ roomId, reservation: seats[2], seats: [seats[2]] })
      expect(reasonOf(await reserve({ game: 'pong', by: 'reservation', reservation: seats[1]! }, null))).toBe(
        'reservation-expired',
      )
      // One sits, one is reserved.
      const byId: SeatCriteria = { game: 'pong', by: 'roomId', roomId }
      expect(reasonOf(await reserve(byId, null, { userIds: ['dan', 'eve', 'fay'] }))).toBe('room-full')
      expect((await local(byId, null, { userIds: ['dan', 'eve'] })).seats.length).toBe(2)
    })

    it('[LOB4] of a party that does not fit are none, and none of its seats is kept', async () => {
      await register('a', 2)
      const byId: SeatCriteria = { game: 'pong', by: 'roomId', roomId: 'a' }
      expect(reasonOf(await reserve(byId, null, { userIds: ['ada', 'bob', 'cy'] }))).toBe('room-full')
      expect((await local(byId, null, { userIds: ['dan', 'eve'] })).seats.length).toBe(2)
    })

    it("become seats in one step: confirmed ones are counted by the room's report", async () => {
      const { roomId, reservation } = await local()
      await register(roomId, 4)
      await directory.confirm(reservation, report(roomId, 3))
      const rest = [await local(), await local(), await local()]
      expect(rest.every((answer) => answer.roomId === roomId && !answer.isNew)).toBe(true)
      expect((await local()).roomId).not.toBe(roomId)
    })

    it('that are released free their seats; twice, or unknown, is nothing', async () => {
      await register('a', 1)
      const { reservation } = await local(any, null)
      await directory.release(reservation)
      await directory.release(reservation)
      await directory.release('unknown')
      await local(any, null)
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
    })

    it('expire', async () => {
      await register('a', 1)
      await local(any, null)
      advance(RESERVATION_MS - 1)
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
      advance(1)
      await local(any, null)
    })

    it('of a room that nobody opened take the plan with them', async () => {
      const { roomId, reservation } = await local(
        { game: 'pong', by: 'key', key: 'blue' },
        { ...planned, key: 'blue', maxPlayers: 4 },
      )
      await directory.release(reservation)
      expect(reasonOf(await reserve({ game: 'pong', by: 'roomId', roomId }, null))).toBe('room-not-found')
    })

    it('are redeemed by name, as often as asked, while they last', async () => {
      const { roomId, reservation } = await local()
      const redeem: SeatCriteria = { game: 'pong', by: 'reservation', reservation }
      expect(await local(redeem, null)).toMatchObject({ roomId, reservation })
      expect(await local(redeem, null)).toMatchObject({ roomId, reservation })
      await directory.release(reservation)
      expect(reasonOf(await reserve(redeem, null))).toBe('reservation-expired')
    })
  })

  describe(`${name}: rooms`, () => {
    it('that report more or fewer seats, or a lock, are believed', async () => {
      await register('a', 0)
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
      await directory.report(report('a', 1))
      const { reservation } = await local(any, null)
      await directory.release(reservation)
      await directory.report(report('a', 1, true))
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
    })

    it('that are gone are gone with their reservations, and late news of them is ignored', async () => {
      await register('a', 4)
      const { reservation } = await local(any, null)
      await directory.unregister('a')
      await directory.unregister('a')
      await directory.report(report('a', 4))
      await directory.confirm(reservation, report('a', 4))
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
      expect(reasonOf(await reserve({ game: 'pong', by: 'reservation', reservation }, null))).toBe(
        'reservation-expired',
      )
    })
  })

  describe(`${name}: rooms by what they are like`, () => {
    const like = (map: string, skill: number): ShownRoom => ({ ...nothing, attributes: { map, skill } })
    const matching = (where: string): SeatCriteria => ({ game: 'pong', by: 'any', where: parseCriteria(where) })

    it('are joined only where all conditions hold, and no other is made instead of them in vain', async () => {
      await register('a', 4, { shown: like('dust', 1) })
      await register('b', 4, { shown: like('dust', 7) })
      expect((await local(matching('map = "dust" and skill > 5'), null)).roomId).toBe('b')
      expect(reasonOf(await reserve(matching('map = "snow"'), null))).toBe('room-not-found')
      await directory.report(report('a', 4, false, like('snow', 1)))
      expect((await local(matching('map = "snow"'), null)).roomId).toBe('a')
    })

    it('are not looked for among those that are only planned, for nobody knows what these will be like', async () => {
      const plannedOnly = await local()
      expect((await local(matching('players < 10'))).roomId).not.toBe(plannedOnly.roomId)
    })

    it('are of one type, and not among those that were tried', async () => {
      await register('a', 4, { type: 'cup' })
      await register('b', 4)
      expect((await local({ ...any, type: 'cup' }, null)).roomId).toBe('a')
      expect(reasonOf(await reserve({ ...any, except: ['a', 'b'] }, null))).toBe('room-not-found')
    })

    it('that have a password are not for strangers', async () => {
      await register('a', 4, { hasPassword: true })
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
      expect((await local({ game: 'pong', by: 'roomId', roomId: 'a' }, null)).roomId).toBe('a')
    })

    it('are found by their invite code, each its own, within their game', async () => {
      const [first, second] = [await local({ game: 'pong', by: 'new' }), await local({ game: 'pong', by: 'new' })]
      expect(first.invite).toMatch(/^[2-9A-HJKMNP-Z]{6}$/)
      expect(second.invite).not.toBe(first.invite)
      expect((await local({ game: 'pong', by: 'code', code: first.invite }, null)).roomId).toBe(first.roomId)
      expect(reasonOf(await reserve({ game: 'chess', by: 'code', code: first.invite }, null))).toBe('wrong-code')
    })

    it('may be looked on at by who takes no seat, be they full or locked', async () => {
      await register('a', 0, { isLocked: true })
      const nobody = { userIds: [] }
      expect((await local({ game: 'pong', by: 'roomId', roomId: 'a' }, null, nobody)).roomId).toBe('a')
    })

    it('believe no report that was overtaken by a newer one', async () => {
      await register('a', 4)
      const [old, newer] = [report('a', 4), report('a', 0)]
      await directory.report(newer)
      await directory.report(old)
      expect(reasonOf(await reserve(any, null))).toBe('room-not-found')
    })
  })

  describe(`${name}: lists`, () => {
    const shown = (skill: number): ShownRoom => ({ ...nothing, attributes: { skill } })
    const query = (changes: Partial<RoomQuery> = {}): RoomQuery => ({
      game: 'pong',
      where: [],
      sort: 'id',
      limit: 10,
      ...changes,
    })
    const idsOf = (rooms: readonly { roomId: string }[]): string[] => rooms.map(({ roomId }) => roomId)

    it('have the rooms that are listed and match, in order, page by page', async () => {
      for (const [id, skill] of Object.entries({ a: 3, b: 1, c: 2, d: 2 }))
        await register(id, 4, { shown: shown(skill) })
      await register('keyed', 4, { key: 'blue' })
      await register('chess', 4, { game: 'chess' })
      await local()
      const first = await directory.list(query({ sort: '-skill', limit: 2 }), '')
      expect([idsOf(first.rooms), first.total]).toEqual([['a', 'd'], 4])
      await directory.unregister('d')
      const second = await directory.list(query({ sort: '-skill', limit: 2 }), first.cursor)
      expect([idsOf(second.rooms), second.cursor]).toEqual([['c', 'b'], ''])
      const some = await directory.list(query({ where: parseCriteria('skill < 3'), sort: 'skill' }), '')
      expect(idsOf(some.rooms)).toEqual(['b', 'c'])
    })

    it.each(['{', '1', '[1]', '["a", 2]', '[null, "a"]'])('refuse the cursor %s', async (cursor) => {
      await register('a', 4)
      await expect(directory.list(query(), cursor)).rejects.toMatchObject({ code: 'bad-cursor' })
    })

    it('that are followed tell all there is, then what changed among the first, together', async () => {
      await register('a', 4, { shown: shown(1) })
      const told: [removed: readonly string[], rooms: string[]][] = []
      const watch = await directory.watch(query({ sort: 'skill', limit: 2 }), ({ removed, rooms }) => {
        told.push([removed, rooms.map(({ roomId, freeSeats }) => `${roomId} ${freeSeats}`)])
      })
      expect(told).toEqual([[[], ['a 4']]])
      await register('c', 4, { shown: shown(3) })
      await register('b', 4, { shown: shown(2) })
      await directory.report({ ...report('a', 3, false, shown(1)) })
      advance(1000)
      expect(told.at(-1)).toEqual([[], ['a 3', 'b 4']])
      await directory.unregister('a')
      advance(1000)
      expect(told.at(-1)).toEqual([['a'], ['c 4']])
      watch.close()
      await directory.unregister('b')
      advance(1000)
      expect(told).toHaveLength(3)
    })
  })
}
